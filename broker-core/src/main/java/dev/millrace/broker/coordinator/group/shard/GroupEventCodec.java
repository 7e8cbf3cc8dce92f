package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.GroupRecords;
import dev.millrace.broker.coordinator.group.classic.ClassicGroupRecords;
import dev.millrace.broker.coordinator.group.consumer.ConsumerGroupRecords;
import dev.millrace.broker.coordinator.group.offset.OffsetRecords;
import dev.millrace.broker.coordinator.group.offset.TransactionEnded;
import dev.millrace.broker.coordinator.group.record.RecordReader;
import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records of {@code __consumer_offsets}. The key starts with two bytes that tell what kind of record it is; the value with
 * two that tell the version of its format. Kinds that belong to other protocols are left alone.
 */
public final class GroupEventCodec implements EventCodec<GroupEvent> {

    private static final List<GroupRecords> KINDS =
            List.of(new OffsetRecords(), new ClassicGroupRecords(), new ConsumerGroupRecords());

    @Override
    public @Nullable ShardRecord encode(GroupEvent event) {
        for (GroupRecords records : KINDS) {
            ShardRecord encoded = records.encode(event);
            if (encoded != null) {
                return encoded;
            }
        }
        return null;
    }

    @Override
    public @Nullable GroupEvent decode(
            ByteBuffer key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        RecordReader reader = new RecordReader(key);
        short kind = reader.int16();
        for (GroupRecords records : KINDS) {
            GroupEvent event = records.decode(kind, reader, value, producer);
            if (event != null) {
                return event;
            }
        }
        return null;
    }

    @Override
    public GroupEvent transactionEnded(ShardRecord.Producer producer, boolean committed) {
        return new TransactionEnded(producer.id(), committed);
    }
}
