package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.LogReader;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A log that moves to and fro between two disks while it is written to, and is killed or loses its power at any write. What was
 * acknowledged is there after a kill, what was flushed after a power failure; and there is always one replica.
 */
class A_move_between_log_dirs_under_crashes {
    private static final TopicIdPartition ID = new TopicIdPartition(new Uuid(1, 1), new TopicPartition("orders", 0));
    private static final long NOW = 1_700_000_000_000L;
    private static final int STEPS = 60;
    private static final int PRODUCERS = 2;

    /** Something that a crash may interrupt. */
    private interface Work {
        void run() throws IOException;
    }

    private Random random;
    private List<NastyDisk> disks;
    private LogDirectories directories;
    private Disk disk;
    private PartitionLog log;
    private long endAtOpening;
    private @Nullable FutureReplica future;
    private @Nullable PartitionLog replaced;
    private @Nullable FutureReplica replacing;

    private List<String> values;
    private short[] epochs;
    private int[] sequences;
    private long start;
    /** Where the log start can't go back from. */
    private long durableStart;

    private long durable;
    private int numbers;

    private void begin(long seed) throws IOException {
        random = new Random(seed);
        disks = List.of(new NastyDisk(seed), new NastyDisk(seed + 1));
        values = new ArrayList<>();
        epochs = new short[PRODUCERS];
        sequences = new int[PRODUCERS];
        start = 0;
        durableStart = 0;
        durable = 0;
        open(true);
    }

    private static PartitionConfig config() {
        return new LedPartition(List.of(1), Map.of("internal.segment.bytes", "1500")).config();
    }

    private void open(boolean isNew) throws IOException {
        future = null;
        replaced = null;
        replacing = null;
        directories = new LogDirectories(List.<Disk>copyOf(disks));
        for (Disk each : disks) {
            for (LogDirectories.Place deleted : directories.scan(each)) {
                LogDirectories.delete(deleted);
            }
        }
        for (LogDirectories.Place useless : directories.settle((failed, e) -> {
            throw new UncheckedIOException(e);
        })) {
            LogDirectories.delete(useless);
        }
        LogDirectories.Place place = directories.choose(ID, isNew || values.isEmpty());
        LogDirectories.prepare(place, ID);
        disk = place.disk();
        log = PartitionLog.open(disk, place.directory(), config().log(), NOW);
        endAtOpening = log.logEndOffset();
        assertThat(disks.stream().filter(each -> each.exists("orders-0")).count())
                .isEqualTo(1);
    }

    /** In which a producer was forgotten where the log was, and remembered where it went. */
    @Example
    void lets_a_producer_begin_again() throws IOException {
        loses_nothing_and_doubles_nothing(1_708_848);
    }

    @Property(tries = 500, shrinking = ShrinkingMode.OFF)
    void loses_nothing_and_doubles_nothing(@ForAll long seed) throws IOException {
        begin(seed);
        for (int step = 0; step < STEPS; step++) {
            perform();
            check();
        }
        for (int i = 0; i < STEPS && directories.futureOf(ID) != null; i++) {
            copy(10_000);
            swap();
        }
        assertThat(directories.futureOf(ID)).isNull();
        finish();
        check();
        open(false);
        check();
        for (NastyDisk each : disks) {
            assertThat(each.list("")).noneMatch(entry -> entry.name().contains("-moving"));
        }
    }

    private void perform() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 25) {
            append();
        } else if (dice < 30) {
            flush();
        } else if (dice < 34) {
            trim();
        } else if (dice < 70) {
            workOnTheMove();
        } else if (dice < 90) {
            crashDuring(dice < 74 ? this::append : dice < 76 ? this::trim : this::workOnTheMove);
        } else if (dice < 93) {
            close();
        } else {
            crash(dice < 96);
        }
    }

    private void append() throws IOException {
        int producer = random.nextInt(PRODUCERS);
        String[] batch = new String[1 + random.nextInt(3)];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = (values.size() + i) + "x".repeat(random.nextInt(200));
        }
        // Before the disk is asked: an append that a crash interrupts may be there, or not.
        values.addAll(List.of(batch));
        ByteBuffer records = Batches.idempotent(NOW, producer, epochs[producer], sequences[producer], batch);
        sequences[producer] += batch.length;
        AppendResult result = log.append(records, AppendOrigin.CLIENT, 0, NOW);
        assertThat(result.baseOffset()).isEqualTo(values.size() - batch.length);
        assertThat(result.duplicate()).isFalse();
    }

    private void flush() throws IOException {
        log.flush();
        durable = values.size();
    }

    private void trim() throws IOException {
        long target = start + random.nextInt((int) (values.size() - start) / 2 + 1);
        start = target;
        if (target > log.logStartOffset()) {
            log.advanceLogStart(target);
            durableStart = target;
        }
    }

    private void workOnTheMove() throws IOException {
        int dice = random.nextInt(100);
        if (directories.futureOf(ID) == null) {
            finish();
            LogDirectories.Place place = new LogDirectories.Place(
                    disks.get(disk == disks.get(0) ? 1 : 0), DirectoryNames.future("orders-0", NOW, numbers++));
            FutureReplica.make(place, ID);
            place.disk().syncDirectory("");
            directories.beginMove(ID, place);
        } else if (dice < 60) {
            copy(1 + random.nextInt(3000));
        } else if (dice < 95) {
            swap();
        } else {
            cancel();
        }
    }

    private FutureReplica future() throws IOException {
        FutureReplica open = future;
        if (open == null) {
            open = FutureReplica.open(directories.futureOf(ID), disk, ID, log, endAtOpening, NOW);
            future = open;
        }
        return open;
    }

    private void copy(int bytes) throws IOException {
        future().copy().step(bytes, NOW);
    }

    private void swap() throws IOException {
        FutureReplica open = future();
        if (open.copy().lag() > 0) {
            return;
        }
        open.prepareSwap();
        if (open.isReady()) {
            if (start == 0) {
                assertThat(open.copy().log().activeProducers()).isEqualTo(log.activeProducers());
            }
            PartitionLog moved = open.swap();
            replaced = log;
            replacing = open;
            future = null;
            log = moved;
            directories.onMoved(ID);
            disk = directories.diskOf(ID);
            readSequences();
        }
    }

    private void finish() throws IOException {
        if (replaced != null) {
            replacing.finishSwap(replaced, Runnable::run);
            replaced = null;
        }
    }

    private void cancel() throws IOException {
        future().delete(Runnable::run);
        future = null;
        directories.endMove(ID);
    }

    private void close() throws IOException {
        finish();
        if (future != null) {
            future.copy().log().close();
        }
        log.close();
        durable = values.size();
        open(false);
    }

    private void crashDuring(Work work) throws IOException {
        disks.get(random.nextInt(2)).crashAfter(random.nextInt(12));
        long acknowledged = values.size();
        long startBefore = start;
        boolean interrupted = false;
        try {
            work.run();
            acknowledged = values.size();
            startBefore = start;
        } catch (NastyDisk.Crash expected) {
            interrupted = true;
        }
        disks.forEach(NastyDisk::doNotCrash);
        crash(random.nextBoolean(), interrupted ? acknowledged : values.size(), startBefore);
    }

    private void crash(boolean power) throws IOException {
        crash(power, values.size(), start);
    }

    private void crash(boolean power, long acknowledged, long startLeast) throws IOException {
        disks.forEach(power ? NastyDisk::failPower : NastyDisk::killProcess);
        open(false);
        assertThat(log.logEndOffset()).isBetween(power ? durable : acknowledged, (long) values.size());
        assertThat(log.logStartOffset()).isBetween(power ? durableStart : startLeast, start);
        start = log.logStartOffset();
        values = new ArrayList<>(values.subList(0, (int) log.logEndOffset()));
        durable = Math.min(durable, values.size());
        readSequences();
    }

    /**
     * Of a producer whose records are all gone one replica may know, and another not: it begins again at zero, as clients do,
     * in an epoch of its own (KIP-360).
     */
    private void readSequences() {
        Map<Long, ProducerStatus> known = new HashMap<>();
        log.activeProducers().forEach(status -> known.put(status.producerId(), status));
        for (int producer = 0; producer < PRODUCERS; producer++) {
            ProducerStatus status = known.get((long) producer);
            if (status == null) {
                epochs[producer]++;
            }
            boolean goesOn = status != null && status.producerEpoch() == epochs[producer];
            sequences[producer] = goesOn ? status.lastSequence() + 1 : 0;
        }
    }

    private void check() throws IOException {
        List<String> expected = new ArrayList<>();
        for (long offset = start; offset < values.size(); offset++) {
            expected.add(offset + "=" + values.get((int) offset));
        }
        assertThat(LogReader.records(log, log.logStartOffset())).isEqualTo(expected);
    }
}
