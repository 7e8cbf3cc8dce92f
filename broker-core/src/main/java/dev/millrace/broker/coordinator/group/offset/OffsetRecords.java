package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.GroupRecords;
import dev.millrace.broker.coordinator.group.record.RecordReader;
import dev.millrace.broker.coordinator.group.record.RecordWriter;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A committed offset as a record: Kafka's {@code OffsetCommitKey} and {@code OffsetCommitValue}.
 *
 * <p>Written as version 4, which Kafka 4.1 and later write; as version 1, the only one that has it, if the offset brings its
 * own retention.
 */
public final class OffsetRecords implements GroupRecords {

    /** Before Kafka 0.9; the key has the same fields. */
    private static final short LEGACY_KIND = 0;

    private static final short KIND = 1;

    private static final short WITH_EXPIRY = 1;
    private static final short FLEXIBLE = 4;
    private static final int TOPIC_ID_TAG = 0;

    @Override
    public @Nullable ShardRecord encode(GroupEvent event) {
        if (event instanceof OffsetCommitted committed) {
            return new ShardRecord(
                    key(committed.groupId(), committed.partition()), value(committed.offset()), committed.producer());
        }
        return event instanceof OffsetForgotten forgotten
                ? ShardRecord.of(key(forgotten.groupId(), forgotten.partition()), null)
                : null;
    }

    private static byte[] key(String groupId, TopicPartition partition) {
        return new RecordWriter()
                .int16(KIND)
                .string(groupId)
                .string(partition.topic())
                .int32(partition.partition())
                .toBytes();
    }

    private static byte[] value(CommittedOffset offset) {
        if (offset.expiresAtMs() != CommittedOffset.NEVER_EXPIRES) {
            return new RecordWriter()
                    .int16(WITH_EXPIRY)
                    .int64(offset.offset())
                    .string(offset.metadata())
                    .int64(offset.committedAtMs())
                    .int64(offset.expiresAtMs())
                    .toBytes();
        }
        return new RecordWriter()
                .int16(FLEXIBLE)
                .int64(offset.offset())
                .int32(offset.leaderEpoch())
                .compactString(offset.metadata())
                .int64(offset.committedAtMs())
                .taggedUuid(TOPIC_ID_TAG, offset.topicId())
                .toBytes();
    }

    @Override
    public @Nullable GroupEvent decode(
            short kind, RecordReader key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        if (kind != KIND && kind != LEGACY_KIND) {
            return null;
        }
        String groupId = key.string();
        TopicPartition partition = new TopicPartition(key.string(), key.int32());
        return value == null
                ? new OffsetForgotten(groupId, partition)
                : new OffsetCommitted(groupId, partition, committed(new RecordReader(value)), producer);
    }

    private static CommittedOffset committed(RecordReader value) {
        short version = value.version("committed offset", FLEXIBLE, FLEXIBLE);
        long offset = value.int64();
        int leaderEpoch = version >= 3 ? value.int32() : -1;
        String metadata = value.string();
        long committedAtMs = value.int64();
        long expiresAtMs = version == WITH_EXPIRY ? value.int64() : CommittedOffset.NEVER_EXPIRES;
        return new CommittedOffset(
                offset, leaderEpoch, metadata, committedAtMs, expiresAtMs, value.taggedUuid(TOPIC_ID_TAG));
    }
}
