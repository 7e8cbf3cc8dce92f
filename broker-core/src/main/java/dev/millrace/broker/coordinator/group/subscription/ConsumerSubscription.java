package dev.millrace.broker.coordinator.group.subscription;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.record.Bytes;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.message.ConsumerProtocolAssignment;
import org.apache.kafka.common.message.ConsumerProtocolSubscription;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.jspecify.annotations.Nullable;

/**
 * What consumers say to each other in the classic protocol, as far as the coordinator listens; and speaks, where it assigns
 * in the leader's place.
 *
 * @param version that the member speaks, of those that are known here
 */
public record ConsumerSubscription(ConsumerProtocolSubscription message, short version) {

    /** Of groups whose members are consumers. */
    public static final String PROTOCOL_TYPE = "consumer";

    /** Null if it can't be read. Later versions of the format only append, so they can be read as the latest known one. */
    public static @Nullable ConsumerSubscription of(Bytes metadata) {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(metadata.value());
            short version = buffer.getShort();
            if (version < 0) {
                return null;
            }
            short known = (short) Math.min(version, ConsumerProtocolSubscription.HIGHEST_SUPPORTED_VERSION);
            return new ConsumerSubscription(
                    new ConsumerProtocolSubscription(new ByteBufferAccessor(buffer), known), known);
        } catch (RuntimeException unreadable) {
            // Clients may put anything there; Kafka's reader tells so by whatever the bytes happen to lead to.
            return null;
        }
    }

    /** The topics of a member's metadata; null if it can't be read. */
    public static @Nullable Set<String> topics(Bytes metadata) {
        ConsumerSubscription subscription = of(metadata);
        return subscription == null ? null : Set.copyOf(subscription.message().topics());
    }

    /** What the member still has while it joins: nothing, unless it rebalances cooperatively. */
    public Set<PartitionId> owned(ClusterTopics topics) {
        Set<PartitionId> owned = new HashSet<>();
        for (ConsumerProtocolSubscription.TopicPartition known : message.ownedPartitions()) {
            ClusterTopics.Topic topic = topics.named(known.topic());
            if (topic != null) {
                known.partitions().forEach(partition -> owned.add(new PartitionId(topic.id(), partition)));
            }
        }
        return owned;
    }

    /** An assignment in the words that the member understands. */
    public Bytes assignment(Collection<PartitionId> partitions, ClusterTopics topics) {
        ConsumerProtocolAssignment assignment = new ConsumerProtocolAssignment();
        PartitionId.byTopic(partitions).forEach((topicId, ofTopic) -> {
            ClusterTopics.Topic topic = topics.withId(topicId);
            if (topic != null) {
                assignment
                        .assignedPartitions()
                        .add(new ConsumerProtocolAssignment.TopicPartition()
                                .setTopic(topic.name())
                                .setPartitions(List.copyOf(ofTopic.stream()
                                        .map(PartitionId::partition)
                                        .toList())));
            }
        });
        ByteBuffer bytes = MessageUtil.toVersionPrefixedByteBuffer(version, assignment);
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return new Bytes(copy);
    }

    /** What a leader has assigned; nothing, if it can't be read or its topics are gone. */
    public static Set<PartitionId> assigned(Bytes assignment, ClusterTopics topics) {
        Set<PartitionId> assigned = new TreeSet<>();
        if (assignment.value().length == 0) {
            return assigned;
        }
        try {
            ByteBuffer buffer = ByteBuffer.wrap(assignment.value());
            short version = (short) Math.min(buffer.getShort(), ConsumerProtocolAssignment.HIGHEST_SUPPORTED_VERSION);
            ConsumerProtocolAssignment message =
                    new ConsumerProtocolAssignment(new ByteBufferAccessor(buffer), version);
            for (ConsumerProtocolAssignment.TopicPartition known : message.assignedPartitions()) {
                ClusterTopics.Topic topic = topics.named(known.topic());
                if (topic != null) {
                    known.partitions().forEach(partition -> assigned.add(new PartitionId(topic.id(), partition)));
                }
            }
            return assigned;
        } catch (RuntimeException unreadable) {
            // As for subscriptions: the members joined with it, and what they make of it is theirs to know.
            return Set.of();
        }
    }
}
