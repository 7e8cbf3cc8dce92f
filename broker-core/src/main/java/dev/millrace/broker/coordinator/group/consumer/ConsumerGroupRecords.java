package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.GroupRecords;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.classic.Member.Protocol;
import dev.millrace.broker.coordinator.group.consumer.CurrentAssignment.State;
import dev.millrace.broker.coordinator.group.record.RecordReader;
import dev.millrace.broker.coordinator.group.record.RecordWriter;
import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Groups of the consumer protocol as records: Kafka's {@code ConsumerGroup...Key} and {@code ...Value}. Each kind has one
 * version, 0, and grows by tagged fields.
 */
public final class ConsumerGroupRecords implements GroupRecords {

    private static final short GROUP_METADATA = 3;
    private static final short PARTITION_METADATA = 4;
    private static final short MEMBER_METADATA = 5;
    private static final short TARGET_METADATA = 6;
    private static final short TARGET_MEMBER = 7;
    private static final short CURRENT_MEMBER = 8;
    private static final short REGULAR_EXPRESSION = 16;

    private static final short VERSION = 0;

    @Override
    public @Nullable ShardRecord encode(GroupEvent event) {
        if (event instanceof GroupEpochBumped bumped) {
            RecordWriter value = value().int32(bumped.epoch());
            return record(key(GROUP_METADATA, bumped.groupId()), taggedLong(value, bumped.metadataHash()));
        } else if (event instanceof ConsumerGroupDeleted deleted) {
            return record(key(GROUP_METADATA, deleted.groupId()), null);
        } else if (event instanceof SubscriptionMetadataFound found && !found.present()) {
            return record(key(PARTITION_METADATA, found.groupId()), null);
        } else if (event instanceof ConsumerMemberUpdated updated) {
            ConsumerMember member = updated.member();
            return record(key(MEMBER_METADATA, updated.groupId()).string(member.id()), member(member));
        } else if (event instanceof ConsumerMemberRemoved removed) {
            return record(key(MEMBER_METADATA, removed.groupId()).string(removed.memberId()), null);
        } else if (event instanceof TargetComputed computed) {
            RecordWriter value = value().int32(computed.epoch());
            return record(key(TARGET_METADATA, computed.groupId()), taggedLong(value, computed.computedAtMs()));
        } else if (event instanceof TargetForgotten forgotten) {
            return record(key(TARGET_METADATA, forgotten.groupId()), null);
        } else if (event instanceof MemberTargetChanged changed) {
            SortedSet<PartitionId> target = changed.target();
            return record(
                    key(TARGET_MEMBER, changed.groupId()).string(changed.memberId()),
                    target == null ? null : target(target));
        } else if (event instanceof MemberAssignmentChanged changed) {
            CurrentAssignment current = changed.current();
            return record(
                    key(CURRENT_MEMBER, changed.groupId()).string(changed.memberId()),
                    current == null ? null : current(current));
        } else if (event instanceof RegexResolved resolved) {
            ResolvedRegex topics = resolved.resolved();
            return record(
                    key(REGULAR_EXPRESSION, resolved.groupId()).string(resolved.regex()),
                    topics == null ? null : regex(topics));
        }
        return null;
    }

    private static RecordWriter key(short kind, String groupId) {
        return new RecordWriter().int16(kind).string(groupId);
    }

    private static RecordWriter value() {
        return new RecordWriter().int16(VERSION);
    }

    private static ShardRecord record(RecordWriter key, @Nullable RecordWriter value) {
        return ShardRecord.of(key.toBytes(), value == null ? null : value.toBytes());
    }

    /** A tagged field is not written when it has its default. */
    private static RecordWriter taggedLong(RecordWriter value, long field) {
        return field == 0 ? value.noTagged() : value.tagged(0, new RecordWriter().int64(field));
    }

    private static RecordWriter member(ConsumerMember member) {
        RecordWriter value = value().compactNullableString(member.instanceId())
                .compactNullableString(member.rackId())
                .compactString(member.identity().clientId())
                .compactString(member.identity().clientHost())
                .compactArray(member.topics(), RecordWriter::compactString)
                .compactNullableString(member.topicRegex())
                .int32(member.rebalanceTimeoutMs())
                .compactNullableString(member.assignor());
        ConsumerMember.Classic classic = member.classic();
        if (classic == null) {
            return value.noTagged();
        }
        RecordWriter field = new RecordWriter()
                .unsignedVarint(1) // It is there.
                .int32(classic.sessionTimeoutMs())
                .compactArray(classic.protocols(), (writer, protocol) -> writer.compactString(protocol.name())
                        .compactBytes(protocol.metadata())
                        .noTagged())
                .noTagged();
        return value.tagged(0, field);
    }

    private static RecordWriter target(SortedSet<PartitionId> target) {
        return value().compactArray(PartitionId.byTopic(target).values(), (writer, partitions) -> writer.uuid(
                                partitions.get(0).topicId())
                        .compactArray(partitions, (inner, partition) -> inner.int32(partition.partition()))
                        .noTagged())
                .noTagged();
    }

    private static RecordWriter current(CurrentAssignment current) {
        RecordWriter value = value().int32(current.memberEpoch())
                .int32(current.previousMemberEpoch())
                .int8(current.state().id());
        partitions(value, current.assigned());
        partitions(value, current.pendingRevocation());
        return value.noTagged();
    }

    private static void partitions(RecordWriter value, SortedMap<PartitionId, Integer> epochs) {
        value.compactArray(PartitionId.byTopic(epochs.keySet()).values(), (writer, partitions) -> {
            writer.uuid(partitions.get(0).topicId())
                    .compactArray(partitions, (inner, partition) -> inner.int32(partition.partition()));
            writer.tagged(
                    0,
                    new RecordWriter()
                            .compactArray(
                                    partitions, (inner, partition) -> inner.int32(epochs.getOrDefault(partition, 0))));
        });
    }

    private static RecordWriter regex(ResolvedRegex resolved) {
        return value().compactArray(resolved.topics(), RecordWriter::compactString)
                .int64(resolved.version())
                .int64(resolved.resolvedAtMs())
                .noTagged();
    }

    @Override
    public @Nullable GroupEvent decode(
            short kind, RecordReader key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        return switch (kind) {
            case GROUP_METADATA -> groupMetadata(key.string(), value);
            case PARTITION_METADATA -> new SubscriptionMetadataFound(key.string(), value != null);
            case MEMBER_METADATA -> memberMetadata(key.string(), key.string(), value);
            case TARGET_METADATA -> targetMetadata(key.string(), value);
            case TARGET_MEMBER ->
                new MemberTargetChanged(
                        key.string(), key.string(), decoded("target assignment", value, ConsumerGroupRecords::target));
            case CURRENT_MEMBER ->
                new MemberAssignmentChanged(
                        key.string(),
                        key.string(),
                        decoded("current assignment", value, ConsumerGroupRecords::current));
            case REGULAR_EXPRESSION ->
                new RegexResolved(
                        key.string(), key.string(), decoded("regular expression", value, ConsumerGroupRecords::regex));
            default -> null;
        };
    }

    private static <T> @Nullable T decoded(String what, @Nullable ByteBuffer value, Function<RecordReader, T> fields) {
        return value == null ? null : fields.apply(reader(what, value));
    }

    private static RecordReader reader(String what, ByteBuffer value) {
        RecordReader reader = new RecordReader(value);
        reader.version(what, VERSION, VERSION);
        return reader;
    }

    private static GroupEvent groupMetadata(String groupId, @Nullable ByteBuffer value) {
        if (value == null) {
            return new ConsumerGroupDeleted(groupId);
        }
        RecordReader reader = reader("consumer group metadata", value);
        return new GroupEpochBumped(groupId, reader.int32(), taggedLong(reader));
    }

    private static GroupEvent targetMetadata(String groupId, @Nullable ByteBuffer value) {
        if (value == null) {
            return new TargetForgotten(groupId);
        }
        RecordReader reader = reader("target assignment metadata", value);
        return new TargetComputed(groupId, reader.int32(), taggedLong(reader));
    }

    private static long taggedLong(RecordReader reader) {
        long[] found = {0};
        reader.tagged(0, field -> found[0] = field.int64());
        return found[0];
    }

    private static GroupEvent memberMetadata(String groupId, String memberId, @Nullable ByteBuffer value) {
        if (value == null) {
            return new ConsumerMemberRemoved(groupId, memberId);
        }
        RecordReader reader = reader("consumer group member", value);
        String instanceId = reader.nullableString();
        String rackId = reader.nullableString();
        Member.Identity identity = new Member.Identity(memberId, instanceId, reader.string(), reader.string());
        SortedSet<String> topics = Collections.unmodifiableSortedSet(new TreeSet<>(reader.array(RecordReader::string)));
        String regex = reader.string();
        int rebalanceTimeoutMs = reader.int32();
        String assignor = reader.nullableString();
        ConsumerMember.Classic[] classic = {null};
        reader.tagged(0, field -> classic[0] = classic(field));
        return new ConsumerMemberUpdated(
                groupId, new ConsumerMember(identity, rackId, rebalanceTimeoutMs, topics, regex, assignor, classic[0]));
    }

    private static ConsumerMember.@Nullable Classic classic(RecordReader field) {
        boolean present = field.unsignedVarint() != 0;
        return present ? new ConsumerMember.Classic(field.int32(), field.array(ConsumerGroupRecords::protocol)) : null;
    }

    private static Protocol protocol(RecordReader reader) {
        Protocol protocol = new Protocol(reader.string(), reader.bytes());
        reader.skipTagged();
        return protocol;
    }

    private static SortedSet<PartitionId> target(RecordReader reader) {
        SortedSet<PartitionId> target = new TreeSet<>();
        reader.array(topic -> {
            Uuid topicId = topic.uuid();
            topic.array(RecordReader::int32).forEach(partition -> target.add(new PartitionId(topicId, partition)));
            topic.skipTagged();
            return topicId;
        });
        return Collections.unmodifiableSortedSet(target);
    }

    private static CurrentAssignment current(RecordReader reader) {
        int memberEpoch = reader.int32();
        int previousMemberEpoch = reader.int32();
        State state = State.of(reader.int8());
        return new CurrentAssignment(
                memberEpoch,
                previousMemberEpoch,
                state,
                partitions(reader, memberEpoch),
                partitions(reader, memberEpoch));
    }

    /** Kafka before 4.2 kept no epochs: then any commit of the member must be of its latest. */
    private static SortedMap<PartitionId, Integer> partitions(RecordReader reader, int memberEpoch) {
        SortedMap<PartitionId, Integer> partitions = new TreeMap<>();
        reader.array(topic -> {
            Uuid topicId = topic.uuid();
            List<Integer> indexes = topic.array(RecordReader::int32);
            List<Integer> epochs = new ArrayList<>();
            topic.tagged(0, field -> epochs.addAll(field.array(RecordReader::int32)));
            for (int i = 0; i < indexes.size(); i++) {
                int epoch = i < epochs.size() ? epochs.get(i) : memberEpoch;
                partitions.put(new PartitionId(topicId, indexes.get(i)), epoch);
            }
            return topicId;
        });
        return partitions;
    }

    private static ResolvedRegex regex(RecordReader reader) {
        SortedSet<String> topics = Collections.unmodifiableSortedSet(new TreeSet<>(reader.array(RecordReader::string)));
        return new ResolvedRegex(topics, reader.int64(), reader.int64());
    }
}
