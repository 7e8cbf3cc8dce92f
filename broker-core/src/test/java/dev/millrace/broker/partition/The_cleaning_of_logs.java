package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.simulation.ManualLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.junit.jupiter.api.Test;

class The_cleaning_of_logs {
    private static final long BACKOFF_MS = 15_000;
    private static final Map<String, String> COMPACTED =
            Map.of("cleanup.policy", "compact", "internal.segment.bytes", "1000");
    private static final CleaningLimits LIMITS = new CleaningLimits(1 << 20, 0.9, 4096);

    private final ManualLoop home = new ManualLoop(1_000_000);
    private final ManualLoop diskPool = new ManualLoop();
    private final List<LedPartition> led = new ArrayList<>();
    private LogCleaner cleaner;

    private void start(CleanerSettings settings) {
        cleaner = new LogCleaner(settings, home, diskPool, this::partitions);
        cleaner.start();
    }

    private void start() {
        start(new CleanerSettings(true, 1, BACKOFF_MS, Double.MAX_VALUE, LIMITS));
    }

    private Collection<Partition> partitions() {
        return led.stream().map(each -> each.partition).toList();
    }

    private LedPartition partition(Map<String, String> configs, int batches) throws IOException {
        LedPartition partition = LedPartition.alone(configs);
        for (int i = 0; i < batches; i++) {
            partition.append(-1, "x".repeat(40) + i);
        }
        led.add(partition);
        return partition;
    }

    private void settle() {
        for (int i = 0; i < 50; i++) {
            step();
        }
    }

    private void step() {
        home.runAll();
        led.forEach(each -> each.loop.runAll());
        diskPool.runAll();
    }

    private void advance(long ms) {
        home.advance(ms);
        led.forEach(each -> each.loop.advance(ms));
        settle();
    }

    private static long bytes(LedPartition partition) {
        return partition.partition.sizeInBytes();
    }

    @Test
    void begins_with_the_broker_and_goes_on_at_regular_times() throws IOException {
        start();
        settle();
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        settle();
        assertThat(bytes(dirty)).isEqualTo(before);

        advance(BACKOFF_MS);
        assertThat(bytes(dirty)).isLessThan(before / 2);
        assertThat(dirty.readableFrom(0, IsolationLevel.READ_UNCOMMITTED)).isPositive();
    }

    @Test
    void leaves_logs_alone_that_are_not_compacted() throws IOException {
        LedPartition kept = partition(Map.of("internal.segment.bytes", "200"), 40);
        long before = bytes(kept);
        start();
        settle();

        assertThat(bytes(kept)).isEqualTo(before);
    }

    @Test
    void takes_all_that_are_dirty_one_after_the_other_without_waiting() throws IOException {
        LedPartition first = partition(COMPACTED, 40);
        LedPartition second = partition(COMPACTED, 60);
        start();
        settle();

        assertThat(bytes(first)).isLessThan(1500);
        assertThat(bytes(second)).isLessThan(1500);
    }

    @Test
    void looks_more_often_as_soon_as_it_is_told_to() throws IOException {
        start();
        settle();
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        cleaner.configure(new CleanerSettings(true, 1, 100, Double.MAX_VALUE, LIMITS));
        settle();
        assertThat(bytes(dirty)).isLessThan(before / 2);

        LedPartition later = partition(COMPACTED, 40);
        advance(100);
        assertThat(bytes(later)).isLessThan(before / 2);
    }

    @Test
    void goes_on_at_once_when_a_slow_pace_is_lifted() throws IOException {
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        start(new CleanerSettings(true, 1, BACKOFF_MS, 0.001, LIMITS));
        advance(BACKOFF_MS);
        assertThat(bytes(dirty)).isEqualTo(before);

        cleaner.configure(new CleanerSettings(true, 1, BACKOFF_MS, Double.MAX_VALUE, LIMITS));
        advance(BACKOFF_MS);
        assertThat(bytes(dirty)).isLessThan(before / 2);
    }

    @Test
    void can_be_turned_off() throws IOException {
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        start(new CleanerSettings(false, 1, BACKOFF_MS, Double.MAX_VALUE, LIMITS));
        advance(10 * BACKOFF_MS);

        assertThat(bytes(dirty)).isEqualTo(before);
    }

    @Test
    void is_as_slow_as_it_is_told_to_be() throws IOException {
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        start(new CleanerSettings(true, 1, BACKOFF_MS, before, LIMITS));
        settle();
        assertThat(bytes(dirty)).isEqualTo(before);

        for (int second = 0; second < 8; second++) {
            advance(1_000);
        }
        assertThat(bytes(dirty)).isLessThan(before / 2);
    }

    @Test
    void ends_with_the_broker() throws IOException {
        start();
        settle();
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        cleaner.stop();
        advance(10 * BACKOFF_MS);

        assertThat(bytes(dirty)).isEqualTo(before);
        assertThat(home.deadlines()).isEmpty();
    }

    @Test
    void leaves_a_damaged_log_alone_and_takes_the_others() throws IOException {
        LedPartition damaged = partition(COMPACTED, 60);
        LedPartition dirty = partition(COMPACTED, 40);
        damaged.disk.flipBit("orders-0/00000000000000000000.log", 70, 1);
        long before = bytes(damaged);
        start();
        advance(BACKOFF_MS);
        advance(BACKOFF_MS);

        assertThat(bytes(damaged)).isEqualTo(before);
        assertThat(bytes(dirty)).isLessThan(1500);
        assertThat(damaged.partition.hasFailed()).isFalse();
    }

    @Test
    void tries_again_when_there_was_no_room() throws IOException {
        LedPartition dirty = partition(COMPACTED, 40);
        long before = bytes(dirty);
        dirty.disk.leaveRoomFor(10);
        start();
        settle();
        assertThat(bytes(dirty)).isEqualTo(before);
        assertThat(dirty.partition.hasFailed()).isFalse();

        dirty.disk.makeRoom();
        advance(BACKOFF_MS);
        assertThat(bytes(dirty)).isLessThan(before / 2);
    }

    @Test
    void does_not_hold_up_a_partition_that_loses_its_log() throws IOException {
        LedPartition dirty = partition(COMPACTED, 40);
        start();
        home.runAll();
        diskPool.runAll();
        dirty.partition.retire(log -> {});
        settle();

        LedPartition other = partition(COMPACTED, 40);
        advance(BACKOFF_MS);
        assertThat(bytes(other)).isLessThan(1500);
    }

    @Test
    void of_deleted_segments_waits_before_their_files_go() throws IOException {
        LedPartition partition = partition(Map.of("internal.segment.bytes", "200", "file.delete.delay.ms", "5000"), 20);
        partition.partition.retention().deleteRecords(15);
        partition.diskPool.runAll();
        assertThat(retiredFiles(partition)).isNotEmpty();

        partition.loop.advance(4_999);
        partition.diskPool.runAll();
        assertThat(retiredFiles(partition)).isNotEmpty();

        partition.loop.advance(1);
        partition.diskPool.runAll();
        assertThat(retiredFiles(partition)).isEmpty();
        assertThat(partition.readableFrom(15, IsolationLevel.READ_UNCOMMITTED)).isGreaterThan(15);
    }

    private static List<String> retiredFiles(LedPartition partition) {
        return partition.disk.list("orders-0").stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(".deleted"))
                .toList();
    }
}
