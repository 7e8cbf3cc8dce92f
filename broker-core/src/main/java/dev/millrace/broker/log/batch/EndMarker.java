package dev.millrace.broker.log.batch;

import java.nio.ByteBuffer;
import java.util.Iterator;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/** What a control batch says of its producer's transaction (KIP-98). */
public record EndMarker(boolean committed, int coordinatorEpoch) {

    /** Null when the control batch is of another kind, or compaction has emptied it. */
    public static @Nullable EndMarker read(ByteBuffer buffer, int at) {
        ByteBuffer batch = buffer.slice(at, BatchHeader.sizeInBytes(buffer, at));
        Iterator<Record> records =
                MemoryRecords.readableRecords(batch).batches().iterator().next().iterator();
        if (!records.hasNext()) {
            return null;
        }
        Record record = records.next();
        ControlRecordType type = ControlRecordType.parse(record.key());
        if (type != ControlRecordType.COMMIT && type != ControlRecordType.ABORT) {
            return null;
        }
        return new EndMarker(
                type == ControlRecordType.COMMIT,
                EndTransactionMarker.deserialize(record).coordinatorEpoch());
    }
}
