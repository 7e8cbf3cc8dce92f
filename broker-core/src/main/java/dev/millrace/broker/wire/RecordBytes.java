package dev.millrace.broker.wire;

import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** The record batches of a request as the bytes they came in. */
public final class RecordBytes {

    private RecordBytes() {}

    /** The batches of one partition: a slice of the received frame, which the caller may write to. */
    public static ByteBuffer of(ProduceRequestData.PartitionProduceData partition) {
        return ((MemoryRecords) partition.records()).buffer();
    }
}
