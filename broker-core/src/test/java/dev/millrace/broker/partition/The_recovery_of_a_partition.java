package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** After kill -9. What it costs is counted in bytes read from the disk. */
class The_recovery_of_a_partition {

    private static final int SEGMENT_BYTES = 1 << 20;
    private static final Map<String, String> CONFIGS = Map.of("segment.bytes", Integer.toString(SEGMENT_BYTES));
    private static final int INDEX_BYTES = 64 << 10;

    private static LedPartition filled(int segments) throws IOException {
        LedPartition led = LedPartition.alone(CONFIGS);
        String value = "x".repeat(64 << 10);
        while (led.partition.sizeInBytes() < (long) segments * SEGMENT_BYTES) {
            led.append(1, value);
            led.diskPool.runAll();
            led.loop.runAll();
        }
        return led;
    }

    private static long bytesReadToRecover(LedPartition crashed) throws IOException {
        crashed.disk.killProcess();
        long before = crashed.disk.bytesRead();
        LedPartition recovered = crashed.restarted(CONFIGS);
        assertThat(recovered.partition.logEndOffset()).isPositive();
        return crashed.disk.bytesRead() - before;
    }

    @Test
    void reads_the_last_segment_however_large_the_log_is() throws IOException {
        assertThat(bytesReadToRecover(filled(20))).isLessThan(SEGMENT_BYTES + INDEX_BYTES);
    }

    @Test
    void reads_little_of_what_was_forced() throws IOException {
        LedPartition led = LedPartition.alone(Map.of("flush.messages", "1", "segment.bytes", "67108864"));
        String value = "x".repeat(512 << 10);
        for (int i = 0; i < 140; i++) {
            led.append(1, value);
            led.diskPool.runAll();
            led.loop.runAll();
        }
        assertThat(led.partition.sizeInBytes()).isGreaterThan(70 << 20);

        assertThat(bytesReadToRecover(led)).isLessThan(20 << 20);
    }

    @Test
    void is_not_needed_twice() throws IOException {
        LedPartition led = LedPartition.alone(CONFIGS);
        String value = "x".repeat(64 << 10);
        while (led.partition.sizeInBytes() < 5L * SEGMENT_BYTES) {
            led.append(1, value); // and no segment is forced: the disk is busy
        }
        led.disk.killProcess();
        LedPartition recovered = led.restarted(CONFIGS);
        recovered.diskPool.runAll();
        recovered.loop.runAll();

        assertThat(bytesReadToRecover(recovered)).isLessThan(SEGMENT_BYTES + INDEX_BYTES);
    }
}
