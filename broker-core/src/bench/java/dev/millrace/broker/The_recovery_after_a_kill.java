package dev.millrace.broker;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.file.FileDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How long a log takes to open after kill -9, by how large it is, into how many segments it is cut, and how much of it was not
 * forced. The kernel still holds what was written, as after a kill. Figures are printed, never asserted.
 */
@Tag("bench")
class The_recovery_after_a_kill {

    private static final int BATCH_BYTES = 256 << 10;
    private static final long NOW = 1_700_000_000_000L;
    private static final int OPENINGS = 5;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "64,64,16", // the first pays for the loading of classes
        "256,64,16",
        "1024,64,16",
        "4096,64,16",
        "1024,64,0",
        "1024,64,32",
        "1024,64,60",
        "256,1,0.5",
        "1024,1,0.5"
    })
    void of_a_log_in_megabytes(int size, int segment, double tail) throws IOException {
        FileDisk disk = new FileDisk(directory);
        LogConfig config = LogConfig.unlimited(segment << 20, 2 * BATCH_BYTES);
        ByteBuffer batch = batch();
        long end = (long) size << 20;
        long forced = end - (long) (tail * (1 << 20));
        PartitionLog log = PartitionLog.open(disk, "records-0", config, NOW);
        boolean isForced = false;
        while (log.sizeInBytes() + batch.remaining() <= end) {
            if (!isForced && log.sizeInBytes() + batch.remaining() > forced) {
                log.flush();
                isForced = true;
            }
            log.append(batch, AppendOrigin.COORDINATOR, 0, NOW);
        }
        if (!isForced) {
            log.flush();
        }
        log.abandon();
        double bestMs = Double.MAX_VALUE;
        for (int i = 0; i < OPENINGS; i++) {
            long before = System.nanoTime();
            log = PartitionLog.open(disk, "records-0", config, NOW);
            bestMs = Math.min(bestMs, (System.nanoTime() - before) / 1e6);
            log.abandon();
        }
        System.out.printf(
                Locale.ROOT,
                "log %5d MB in segments of %2d MB, %4.1f MB not forced: open in %7.1f ms%n",
                size,
                segment,
                tail,
                bestMs);
    }

    private static ByteBuffer batch() {
        byte[] value = new byte[BATCH_BYTES - 200];
        new Random(1).nextBytes(value);
        return BatchBuilder.batch(List.of(new BatchBuilder.KeyValue(null, value)), NOW);
    }
}
