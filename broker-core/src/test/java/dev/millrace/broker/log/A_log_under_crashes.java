package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * Random work on a log over a disk that loses, tears and runs full, against a list. What was appended and not lost by a power
 * failure is there and in order; what was flushed is never lost; what was refused is not there.
 */
class A_log_under_crashes {
    private static final String DIRECTORY = "topic-0";
    private static final long NOW = 1_700_000_000_000L;

    /** What somebody does to the log. */
    sealed interface Step {
        record Append(int records, int valueBytes) implements Step {}

        record AppendIdempotent(int producer, int records) implements Step {}

        record Read(int fromPermille, int maxBytes) implements Step {}

        record Truncate(int permille) implements Step {}

        record AdvanceStart(int permille) implements Step {}

        record Retain(int segments) implements Step {}

        record Flush() implements Step {}

        record CloseAndOpen() implements Step {}

        record Kill() implements Step {}

        record FailPower() implements Step {}

        record CrashDuring(int operations, boolean power, Step step) implements Step {}

        record RunFull(int bytes, Step step) implements Step {}
    }

    /** The log as it should be: batches as strings, by base offset. */
    private static final class Model {
        record Batch(long base, List<String> values) {
            long end() {
                return base + values.size();
            }
        }

        final List<Batch> batches = new ArrayList<>();
        long start;
        /** Where the log start cannot go back from. */
        long durableStart;

        long end;
        /** Nothing below may be lost by a power failure. */
        long durable;

        final int[] sequences = new int[3];

        void append(List<String> values) {
            batches.add(new Batch(end, values));
            end += values.size();
        }

        void truncate(long offset) {
            long cut = Math.min(offset, end);
            for (Batch batch : batches) {
                if (batch.end() > offset) {
                    cut = Math.min(cut, batch.base);
                }
            }
            batches.removeIf(batch -> batch.end() > offset);
            end = Math.max(cut, Math.min(offset, start));
            durable = Math.min(durable, end);
        }

        List<String> records(long from, long to) {
            List<String> records = new ArrayList<>();
            for (Batch batch : batches) {
                for (int i = 0; i < batch.values.size(); i++) {
                    long offset = batch.base + i;
                    if (offset >= from && offset < to) {
                        records.add(offset + "=" + batch.values.get(i));
                    }
                }
            }
            return records;
        }
    }

    private static final LogConfig CONFIG = withRetentionBytes(-1);

    private NastyDisk disk = new NastyDisk(0);
    private PartitionLog log;
    private Model model = new Model();
    private int serial;

    @Property(tries = 15000, shrinking = ShrinkingMode.BOUNDED)
    void behaves_like_a_list(@ForAll long seed, @ForAll("steps") List<Step> steps) throws IOException {
        disk = new NastyDisk(seed);
        serial = 1000;
        model = new Model();
        log = open();
        for (Step step : steps) {
            perform(step);
            checkAll();
        }
        log.close();
        log = open();
        checkAll();
    }

    /** The process dies between the end of a truncation and the sync of its names; then the power fails. */
    @Example
    void stays_truncated_when_a_killed_truncation_is_followed_by_a_power_failure() throws IOException {
        behaves_like_a_list(
                16,
                List.of(
                        new Step.Append(1, 0),
                        new Step.Truncate(0),
                        new Step.FailPower(),
                        new Step.Truncate(0),
                        new Step.Append(5, 0),
                        new Step.AdvanceStart(999),
                        new Step.Retain(3),
                        new Step.Append(4, 3),
                        new Step.Flush(),
                        new Step.CrashDuring(12, true, new Step.Append(1, 178)),
                        new Step.Append(2, 61),
                        new Step.CrashDuring(0, true, new Step.AppendIdempotent(0, 1)),
                        new Step.CrashDuring(6, false, new Step.Append(4, 141)),
                        new Step.Append(4, 12),
                        new Step.CrashDuring(9, false, new Step.Truncate(10)),
                        new Step.CrashDuring(3, true, new Step.Append(4, 199))));
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Step> plain = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(8, Arbitraries.integers().between(1, 5).flatMap(records -> Arbitraries.integers()
                        .between(0, 200)
                        .map(bytes -> (Step) new Step.Append(records, bytes)))),
                net.jqwik.api.Tuple.of(
                        4, Arbitraries.integers().between(0, 2).flatMap(producer -> Arbitraries.integers()
                                .between(1, 4)
                                .map(records -> (Step) new Step.AppendIdempotent(producer, records)))),
                net.jqwik.api.Tuple.of(
                        3, Arbitraries.integers().between(0, 1000).flatMap(permille -> Arbitraries.integers()
                                .between(1, 3000)
                                .map(bytes -> (Step) new Step.Read(permille, bytes)))),
                net.jqwik.api.Tuple.of(
                        2, Arbitraries.integers().between(0, 1000).map(permille -> (Step) new Step.Truncate(permille))),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.integers().between(0, 1000).map(permille ->
                                (Step) new Step.AdvanceStart(permille))),
                net.jqwik.api.Tuple.of(
                        1, Arbitraries.integers().between(1, 4).map(segments -> (Step) new Step.Retain(segments))),
                net.jqwik.api.Tuple.of(2, Arbitraries.just((Step) new Step.Flush())),
                net.jqwik.api.Tuple.of(1, Arbitraries.just((Step) new Step.CloseAndOpen())),
                net.jqwik.api.Tuple.of(1, Arbitraries.just((Step) new Step.Kill())),
                net.jqwik.api.Tuple.of(2, Arbitraries.just((Step) new Step.FailPower())));
        Arbitrary<Step> crashing = plain.flatMap(
                step -> Arbitraries.integers().between(0, 12).flatMap(operations -> Arbitraries.of(true, false)
                        .map(power -> (Step) new Step.CrashDuring(operations, power, step))));
        Arbitrary<Step> full = plain.flatMap(
                step -> Arbitraries.integers().between(0, 300).map(bytes -> (Step) new Step.RunFull(bytes, step)));
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(8, plain),
                        net.jqwik.api.Tuple.of(2, crashing),
                        net.jqwik.api.Tuple.of(1, full))
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    private PartitionLog open() throws IOException {
        return PartitionLog.open(disk, DIRECTORY, CONFIG, NOW);
    }

    private void perform(Step step) throws IOException {
        if (step instanceof Step.CrashDuring crash) {
            crashDuring(crash);
        } else if (step instanceof Step.RunFull full) {
            runFull(full);
        } else if (step instanceof Step.Kill) {
            disk.killProcess();
            log = open();
        } else if (step instanceof Step.FailPower) {
            disk.failPower();
            log = open();
            assertThat(log.logStartOffset()).isBetween(model.durableStart, model.start);
            model.start = log.logStartOffset();
            adopt(model.start, model.durable, List.of(model.records(0, model.end)));
        } else {
            performPlain(step);
        }
    }

    private void performPlain(Step step) throws IOException {
        if (step instanceof Step.Append append) {
            List<String> values = values(append.records, append.valueBytes);
            AppendResult result =
                    log.append(Batches.of(NOW, values.toArray(String[]::new)), AppendOrigin.CLIENT, 0, NOW);
            assertThat(result.baseOffset()).isEqualTo(model.end);
            model.append(values);
        } else if (step instanceof Step.AppendIdempotent append) {
            List<String> values = values(append.records, 5);
            ByteBuffer batch = idempotent(append.producer, values);
            AppendResult result = log.append(batch, AppendOrigin.CLIENT, 0, NOW);
            assertThat(result.baseOffset()).isEqualTo(model.end);
            AppendResult again = log.append(idempotent(append.producer, values), AppendOrigin.CLIENT, 0, NOW);
            assertThat(again.duplicate()).isTrue();
            assertThat(again.baseOffset()).isEqualTo(model.end);
            model.append(values);
            model.sequences[append.producer] += values.size();
        } else if (step instanceof Step.Read read) {
            readOnce(offset(read.fromPermille), read.maxBytes);
        } else if (step instanceof Step.Truncate truncate) {
            long offset = offset(truncate.permille);
            log.truncateTo(offset);
            model.truncate(offset);
            forgetProducers();
        } else if (step instanceof Step.AdvanceStart advance) {
            long offset = offset(advance.permille);
            log.advanceLogStart(offset);
            if (offset > model.start) {
                model.start = offset;
                model.durableStart = offset;
            }
        } else if (step instanceof Step.Retain retain) {
            log.configure(withRetentionBytes(retain.segments * 2000L));
            log.deleteExpired(model.end, NOW);
            assertThat(log.logStartOffset()).isBetween(model.start, model.end);
            if (log.logStartOffset() > model.start) {
                model.start = log.logStartOffset();
                model.durableStart = model.start;
            }
        } else if (step instanceof Step.Flush) {
            log.flush();
            model.durable = model.end;
        } else if (step instanceof Step.CloseAndOpen) {
            log.close();
            model.durable = model.end;
            log = open();
        }
    }

    private ByteBuffer idempotent(int producer, List<String> values) {
        return Batches.idempotent(NOW, producer, (short) 0, model.sequences[producer], values.toArray(String[]::new));
    }

    /** A truncated producer goes on with other numbers: the model knows only those of whole histories. */
    private void forgetProducers() {
        for (ProducerStatus status : log.activeProducers()) {
            model.sequences[(int) status.producerId()] = status.lastSequence() + 1;
        }
        for (int producer = 0; producer < model.sequences.length; producer++) {
            long id = producer;
            if (log.activeProducers().stream().noneMatch(status -> status.producerId() == id)) {
                model.sequences[producer] = 0;
            }
        }
    }

    private void crashDuring(Step.CrashDuring crash) throws IOException {
        List<String> before = model.records(0, model.end);
        long startBefore = model.start;
        long durableBefore = model.durable;
        long endBefore = model.end;
        disk.crashAfter(crash.operations);
        boolean done;
        try {
            performPlain(crash.step);
            done = true;
        } catch (NastyDisk.Crash expected) {
            done = false;
        }
        disk.doNotCrash();
        if (crash.power) {
            disk.failPower();
        } else {
            disk.killProcess();
        }
        List<List<String>> histories = new ArrayList<>();
        long least = crash.power ? Math.min(durableBefore, model.durable) : Math.min(endBefore, model.end);
        long startMax = model.start;
        if (done) {
            histories.add(model.records(0, model.end));
            if (crash.power) {
                least = model.durable;
            }
        } else {
            histories.add(before);
            if (crash.step instanceof Step.Append append) {
                histories.add(afterAppend(before, endBefore, append.records, append.valueBytes));
            } else if (crash.step instanceof Step.AppendIdempotent append) {
                histories.add(afterAppend(before, endBefore, append.records, 5));
            } else if (crash.step instanceof Step.Truncate truncate) {
                Model truncated = new Model();
                truncated.batches.addAll(model.batches);
                truncated.start = model.start;
                truncated.end = model.end;
                truncated.truncate(Math.min(offset(truncate.permille), model.end));
                least = Math.min(least, truncated.end);
            } else if (crash.step instanceof Step.AdvanceStart advance) {
                startMax = Math.max(startBefore, offset(advance.permille));
            } else if (crash.step instanceof Step.Retain) {
                startMax = endBefore;
            }
        }
        log = open();
        long start = log.logStartOffset();
        assertThat(start).isBetween(crash.power ? model.durableStart : startBefore, startMax);
        model.start = start;
        adopt(start, Math.max(least, done ? 0 : Math.min(least, endBefore)), histories);
    }

    private List<String> afterAppend(List<String> before, long end, int records, int bytes) {
        serial--;
        List<String> after = new ArrayList<>(before);
        List<String> values = values(records, bytes);
        for (int i = 0; i < values.size(); i++) {
            after.add(end + i + "=" + values.get(i));
        }
        return after;
    }

    /** The log may hold any beginning of one of the histories, if it is long enough: the model follows it. */
    private void adopt(long start, long least, List<List<String>> histories) throws IOException {
        long end = log.logEndOffset();
        assertThat(end).as("log end after the crash").isGreaterThanOrEqualTo(least);
        List<String> found = LogReader.records(log, log.logStartOffset());
        assertThat(log.logStartOffset()).isEqualTo(start);
        boolean known = histories.stream().anyMatch(history -> {
            List<String> visible =
                    history.stream().filter(record -> offsetOf(record) >= start).toList();
            return visible.size() >= found.size()
                    && visible.subList(0, found.size()).equals(found);
        });
        assertThat(known)
                .as("%s is the beginning of one of %s", found, histories)
                .isTrue();
        follow(end);
    }

    private static long offsetOf(String record) {
        return Long.parseLong(record, 0, record.indexOf('='), 10);
    }

    /** Takes over how far the log goes. */
    private void follow(long end) throws IOException {
        if (end > model.end) {
            List<String> more = new ArrayList<>();
            for (String record : LogReader.records(log, model.end)) {
                more.add(record.substring(record.indexOf('=') + 1));
            }
            model.append(more);
        } else if (end < model.end) {
            model.truncate(end);
            model.end = end;
        }
        model.durable = Math.min(model.durable, end);
        forgetProducers();
    }

    private void runFull(Step.RunFull full) throws IOException {
        disk.leaveRoomFor(full.bytes);
        try {
            performPlain(full.step);
        } catch (DiskFullException expected) {
            assertThat(full.step)
                    .isInstanceOfAny(
                            Step.Append.class,
                            Step.AppendIdempotent.class,
                            Step.Truncate.class,
                            Step.AdvanceStart.class,
                            Step.Retain.class,
                            Step.Flush.class,
                            Step.CloseAndOpen.class);
            disk.makeRoom();
            if (!(full.step instanceof Step.Append || full.step instanceof Step.AppendIdempotent)) {
                // Anything but an append may have been done in part: the log is opened afresh, as after a crash.
                disk.killProcess();
                log = open();
                long start = log.logStartOffset();
                assertThat(start).isGreaterThanOrEqualTo(model.start);
                model.start = start;
                adopt(start, 0, List.of(model.records(0, model.end)));
            } else if (full.step instanceof Step.AppendIdempotent) {
                follow(log.logEndOffset());
            }
        }
        disk.makeRoom();
    }

    private void readOnce(long offset, int maxBytes) throws IOException {
        if (offset < model.start) {
            return;
        }
        try (LogSlice slice = log.read(offset, maxBytes, Long.MAX_VALUE, true)) {
            long next = slice.nextOffset();
            assertThat(next > offset || offset == model.end).isTrue();
            assertThat(slice.sizeInBytes() <= maxBytes || holdsOneBatch(offset, next))
                    .isTrue();
        }
    }

    private boolean holdsOneBatch(long from, long to) {
        return model.batches.stream().anyMatch(batch -> batch.base <= from && batch.end() == to);
    }

    private void checkAll() throws IOException {
        assertThat(log.logEndOffset()).isEqualTo(model.end);
        assertThat(log.logStartOffset()).isEqualTo(model.start);
        assertThat(LogReader.records(log, model.start)).isEqualTo(model.records(model.start, model.end));
    }

    private long offset(int permille) {
        return model.start + (model.end - model.start) * permille / 1000;
    }

    private List<String> values(int records, int bytes) {
        List<String> values = new ArrayList<>();
        serial++;
        for (int i = 0; i < records; i++) {
            values.add(serial + "." + i + "x".repeat(bytes));
        }
        return values;
    }

    private static LogConfig withRetentionBytes(long bytes) {
        return Configs.with(config -> {
            config.segmentBytes = 2000;
            config.indexIntervalBytes = 200;
            config.maxMessageBytes = 1500;
            config.retentionBytes = bytes;
            config.producerIdExpirationMs = Long.MAX_VALUE;
        });
    }
}
