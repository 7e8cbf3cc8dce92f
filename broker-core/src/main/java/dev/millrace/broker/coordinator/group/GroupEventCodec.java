package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Records of {@code __consumer_offsets}. The key starts with two bytes that tell what kind of record it is; the value with
 * two that tell the version of its format. Kinds that belong to other protocols are left alone.
 */
public final class GroupEventCodec implements EventCodec<GroupEvent> {

    @Override
    public @Nullable ShardRecord encode(GroupEvent event) {
        if (event instanceof OffsetCommitted committed) {
            return new ShardRecord(
                    OffsetCommitRecord.key(committed.groupId(), committed.partition()),
                    OffsetCommitRecord.value(committed.offset()),
                    committed.producer());
        }
        if (event instanceof OffsetForgotten forgotten) {
            return ShardRecord.of(OffsetCommitRecord.key(forgotten.groupId(), forgotten.partition()), null);
        }
        if (event instanceof GroupStored stored) {
            return ShardRecord.of(GroupMetadataRecord.key(stored.groupId()), GroupMetadataRecord.value(stored));
        }
        if (event instanceof GroupDeleted deleted) {
            return ShardRecord.of(GroupMetadataRecord.key(deleted.groupId()), null);
        }
        return event instanceof ConsumerGroupEvent consumer ? ConsumerGroupRecords.encode(consumer) : null;
    }

    @Override
    public @Nullable GroupEvent decode(
            ByteBuffer key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        RecordReader reader = new RecordReader(key);
        short kind = reader.int16();
        return switch (kind) {
            case OffsetCommitRecord.LEGACY_KIND, OffsetCommitRecord.KIND ->
                OffsetCommitRecord.decode(reader, value, producer);
            case GroupMetadataRecord.KIND -> GroupMetadataRecord.decode(reader, value);
            default -> ConsumerGroupRecords.decode(kind, reader, value);
        };
    }

    @Override
    public GroupEvent transactionEnded(ShardRecord.Producer producer, boolean committed) {
        return new TransactionEnded(producer.id(), committed);
    }
}
