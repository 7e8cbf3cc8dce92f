package dev.millrace.broker.bench;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** A batch as Apache Kafka's own producer makes it. */
final class ProducedBatch {

    static final long NOW_MS = 1_700_000_000_000L;

    private ProducedBatch() {}

    static MemoryRecords of(int records, int valueBytes, String compression) {
        var all = new SimpleRecord[records];
        for (int i = 0; i < records; i++) {
            byte[] value = new byte[valueBytes];
            for (int j = 0; j < valueBytes; j++) {
                value[j] = (byte) ThreadLocalRandom.current().nextInt('a', 'i');
            }
            all[i] = new SimpleRecord(NOW_MS, null, value);
        }
        return MemoryRecords.withRecords(Compression.of(compression).build(), all);
    }

    /** Outside the heap, as what comes from a socket. */
    static ByteBuffer direct(ByteBuffer heap) {
        ByteBuffer direct = ByteBuffer.allocateDirect(heap.remaining());
        direct.put(heap.duplicate()).flip();
        return direct;
    }
}
