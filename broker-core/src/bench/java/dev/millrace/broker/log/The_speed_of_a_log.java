package dev.millrace.broker.log;

import com.sun.management.ThreadMXBean;
import dev.millrace.broker.log.file.FileDisk;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import org.apache.kafka.common.compress.Compression;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Appends and reads on one thread; figures are printed, never asserted. {@code mvn test -Dgroups=bench -DexcludedGroups=}. */
@Tag("bench")
class The_speed_of_a_log {
    private static final long NOW = 1_700_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"none,1,100", "none,160,100", "none,16,1024", "none,1000,1024", "lz4,160,100", "lz4,16,1024"})
    void of_appends_and_reads(String compression, int recordsPerBatch, int valueBytes) throws IOException {
        String[] values = new String[recordsPerBatch];
        for (int i = 0; i < recordsPerBatch; i++) {
            char[] value = new char[valueBytes];
            for (int j = 0; j < valueBytes; j++) {
                value[j] = (char) ('a' + (j * 7 + i) % 26);
            }
            values[i] = new String(value);
        }
        ByteBuffer template = Batches.compressed(Compression.of(compression).build(), NOW, values);
        int batches = (int) Math.min(300_000, (400L << 20) / template.remaining());
        ByteBuffer batch = ByteBuffer.allocateDirect(template.remaining());
        for (int round = 0; round < 3; round++) {
            try (PartitionLog log =
                    PartitionLog.open(new FileDisk(directory), "topic-" + round, LogConfig.DEFAULT, NOW)) {
                appends(log, template, batch, batches / 10);
                long[] cost = appends(log, template, batch, batches);
                print("append " + compression, recordsPerBatch, template.remaining(), batches, cost);
                long[] read = reads(log);
                print("read 64 KiB", recordsPerBatch, 64 << 10, (int) read[2], read);
            }
        }
    }

    private static long[] appends(PartitionLog log, ByteBuffer template, ByteBuffer batch, int batches)
            throws IOException {
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long start = System.nanoTime();
        for (int i = 0; i < batches; i++) {
            batch.clear().put(template.duplicate()).flip();
            log.append(batch, AppendOrigin.CLIENT, 0, NOW);
        }
        return new long[] {System.nanoTime() - start, THREADS.getCurrentThreadAllocatedBytes() - allocated};
    }

    private long[] reads(PartitionLog log) throws IOException {
        try (FileChannel target = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
            long allocated = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            int slices = 0;
            for (long next = 0; next < log.logEndOffset(); slices++) {
                try (LogSlice slice = log.read(next, 64 << 10, Long.MAX_VALUE, true)) {
                    slice.transferTo(target, 0);
                    next = slice.nextOffset();
                }
            }
            return new long[] {System.nanoTime() - start, THREADS.getCurrentThreadAllocatedBytes() - allocated, slices};
        }
    }

    private static void print(String what, int records, int bytes, int operations, long[] cost) {
        double seconds = cost[0] / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%-14s %5d records/batch %8d bytes %10.0f ops/s %8.0f MB/s %6d bytes allocated/op%n",
                what,
                records,
                bytes,
                operations / seconds,
                operations * (double) bytes / 1e6 / seconds,
                cost[1] / operations);
    }
}
