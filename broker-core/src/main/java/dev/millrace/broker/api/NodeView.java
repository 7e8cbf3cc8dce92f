package dev.millrace.broker.api;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What handlers work on, but for those of groups and transactions, which have views of their own.
 *
 * @param metadataDirectory the id of the directory that the log of the metadata is in (KIP-853)
 * @param brokerConfigs every setting that the configuration file names, by Kafka's name
 * @param fetchBytesMax fetch.max.bytes: of records in one answer
 * @param diskPool for what may wait on a disk
 * @param nowMs the time
 * @param randomIds never the same twice
 * @param loggers of this process
 * @param quotas what clients may ask for in a second
 */
public record NodeView(
        int nodeId,
        ClusterMetadata metadata,
        Uuid metadataDirectory,
        Partitions partitions,
        Map<String, String> brokerConfigs,
        int fetchBytesMax,
        Executor diskPool,
        LongSupplier nowMs,
        Supplier<Uuid> randomIds,
        Loggers loggers,
        ClientQuotas quotas) {

    /**
     * Counts what a request changes in the metadata, in partitions, against its client's quota (KIP-599).
     *
     * @param strict whether the client understands that nothing is done when nothing is left of its quota
     * @return for how many milliseconds the client is to be held up; with {@code strict} and more than 0, instead
     */
    public int mutate(ApiRequest<?> request, double partitions, boolean strict) {
        return quotas.isEmpty()
                ? 0
                : quotas.mutate(request.peer().principal(), request.clientId(), partitions, strict, nowMs.getAsLong());
    }

    /** @throws InvalidRequestException when the name of a resource is not that of this broker */
    public void requireThisBroker(String name) {
        int id;
        try {
            id = Integer.parseInt(name);
        } catch (NumberFormatException e) {
            throw new InvalidRequestException("Broker id must be an integer, but it is: " + name, e);
        }
        if (id != nodeId) {
            throw new InvalidRequestException("This is broker " + nodeId + ", not " + name + ".");
        }
    }

    /** A setting that is a whole number and stands while the broker runs, as it is set or by default. */
    public int fixedInt(String name) {
        ConfigKey key = Objects.requireNonNull(KnownConfigs.broker().get(name), name);
        String value = brokerConfigs.getOrDefault(name, Objects.requireNonNull(key.defaultValue(), name));
        return (Integer) key.parse(value);
    }

    public ClusterImage image() {
        return metadata.image();
    }

    /** A partition as clients see it: without a leader while its directory here is offline, as in Apache Kafka (KIP-858). */
    public PartitionImage visible(TopicImage topic, PartitionImage partition) {
        if (!partitions.isOffline(topic.id(), partition.partition())) {
            return partition;
        }
        return new PartitionImage(
                partition.partition(),
                partition.leader() == nodeId ? PartitionImage.NO_LEADER : partition.leader(),
                partition.leaderEpoch(),
                partition.partitionEpoch(),
                partition.replicas(),
                partition.isr().stream().filter(replica -> replica != nodeId).toList());
    }

    /** The replicas that can't be reached, or whose directory has failed. */
    public List<Integer> offlineReplicas(TopicImage topic, PartitionImage partition, ClusterImage image) {
        boolean offlineHere = partitions.isOffline(topic.id(), partition.partition());
        return partition.replicas().stream()
                .filter(replica -> image.broker(replica) == null || (offlineHere && replica == nodeId))
                .toList();
    }

    /** @throws UnknownTopicOrPartitionException when there is no such topic */
    public TopicImage topic(String name) {
        TopicImage topic = image().topic(name);
        if (topic == null) {
            throw new UnknownTopicOrPartitionException("This server does not host this topic-partition.");
        }
        return topic;
    }

    /**
     * The topic that a request names: by id from the versions on that have ids, by name before.
     *
     * @throws UnknownTopicOrPartitionException when there is no topic of this name
     * @throws UnknownTopicIdException when there is none of this id
     */
    public TopicImage topic(String name, Uuid id) {
        if (id.equals(Uuid.ZERO_UUID)) {
            return topic(name);
        }
        TopicImage topic = image().topic(id);
        if (topic == null) {
            throw new UnknownTopicIdException("This server does not host this topic ID.");
        }
        return topic;
    }

    /**
     * @throws UnknownTopicOrPartitionException when the topic has no such partition
     * @throws NotLeaderOrFollowerException when this broker does not hold it
     */
    public Partition partition(TopicImage topic, int index) {
        Partition partition = partitions.find(topic.id(), index);
        if (partition == null) {
            if (topic.partition(index) == null) {
                throw new UnknownTopicOrPartitionException("This server does not host this topic-partition.");
            }
            throw new NotLeaderOrFollowerException("This broker does not hold the partition.");
        }
        return partition;
    }
}
