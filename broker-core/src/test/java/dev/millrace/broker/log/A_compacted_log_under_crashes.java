package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.compaction.OffsetMap;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.config.CompactionConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;

/**
 * Random histories of keys, transactions, tombstones and producers, cleaned at random and crashed in the middle of it: what a
 * read_committed consumer sees is always compared with the history itself.
 */
class A_compacted_log_under_crashes {
    private static final long RETENTION_MS = 1000;
    private static final int PRODUCERS = 3;
    private static final int KEYS = 6;
    private static final int STEPS = 60;

    /** What was written, by offset, and how the transactions ended. */
    private static final class History {
        final TreeMap<Long, String> committed = new TreeMap<>();
        final Map<Integer, TreeMap<Long, String>> open = new HashMap<>();
        final int[] sequences = new int[2 * PRODUCERS];

        static String key(String record) {
            int equals = record.indexOf('=');
            return equals < 0 ? record : record.substring(0, equals);
        }

        static boolean isTombstone(String record) {
            return record.indexOf('=') < 0;
        }

        /** The last value of every key; none for a deleted one. */
        static Map<String, String> state(TreeMap<Long, String> records) {
            Map<String, String> state = new TreeMap<>();
            records.values().forEach(record -> {
                if (isTombstone(record)) {
                    state.remove(record);
                } else {
                    state.put(key(record), record);
                }
            });
            return state;
        }

        /** What is left below {@code cleanedTo} at least, and at most with tombstones. */
        TreeMap<Long, String> cleaned(long cleanedTo) {
            Map<String, Long> last = new HashMap<>();
            committed.headMap(cleanedTo).forEach((offset, record) -> last.put(key(record), offset));
            TreeMap<Long, String> rest = new TreeMap<>(committed);
            rest.headMap(cleanedTo)
                    .entrySet()
                    .removeIf(
                            entry -> last.get(key(entry.getValue())) > entry.getKey() || isTombstone(entry.getValue()));
            return rest;
        }
    }

    private CompactedLog compacted;
    private History history;
    private Random random;
    private int serial;

    private CompactedLog begin(long seed) throws IOException {
        random = new Random(seed);
        history = new History();
        serial = 0;
        CompactedLog log = new CompactedLog(
                seed,
                Configs.compaction(
                        600 + random.nextInt(1500), new CompactionConfig(0, 0, Long.MAX_VALUE, RETENTION_MS)));
        log.limits = new CleaningLimits(OffsetMap.BYTES_PER_SLOT * (4L + random.nextInt(60)), 0.9, 128);
        return log;
    }

    @Property(tries = 1500, shrinking = ShrinkingMode.OFF)
    void shows_the_last_committed_value_of_every_key(@ForAll long seed) throws IOException {
        compacted = begin(seed);
        for (int step = 0; step < STEPS; step++) {
            perform();
            check();
        }
        for (int producer = 0; producer < PRODUCERS; producer++) {
            if (history.open.containsKey(producer)) {
                end(producer, random.nextBoolean());
            }
        }
        cleanAll();
        long cleanedTo =
                compacted.log.dirtyRange(Long.MAX_VALUE, compacted.nowMs).firstDirty();
        TreeMap<Long, String> visible = compacted.committed(0);
        visible.headMap(cleanedTo).values().removeIf(History::isTombstone);
        assertThat(visible).isEqualTo(history.cleaned(cleanedTo));
        check();
    }

    private void perform() throws IOException {
        int dice = random.nextInt(100);
        if (dice < 25) {
            put();
        } else if (dice < 40) {
            putIdempotent(PRODUCERS + random.nextInt(PRODUCERS));
        } else if (dice < 60) {
            int producer = random.nextInt(PRODUCERS);
            putInTransaction(producer);
        } else if (dice < 72) {
            int producer = random.nextInt(PRODUCERS);
            if (history.open.containsKey(producer)) {
                end(producer, random.nextBoolean());
            }
        } else if (dice < 76) {
            compacted.nowMs += random.nextInt((int) (2 * RETENTION_MS));
        } else if (dice < 84) {
            cleanAll();
        } else if (dice < 90) {
            giveUpCleaning();
        } else if (dice < 97) {
            crashDuringCleaning(random.nextInt(60), random.nextBoolean());
        } else {
            compacted.log.close();
            compacted.reopen();
        }
    }

    private String[] records() {
        String[] records = new String[1 + random.nextInt(4)];
        for (int i = 0; i < records.length; i++) {
            String key = "k" + random.nextInt(KEYS);
            records[i] = random.nextInt(5) == 0 ? key : key + "=" + serial++ + "x".repeat(random.nextInt(80));
        }
        return records;
    }

    private static void note(TreeMap<Long, String> where, AppendResult result, String[] records) {
        for (int i = 0; i < records.length; i++) {
            where.put(result.baseOffset() + i, records[i]);
        }
    }

    private void put() throws IOException {
        String[] records = records();
        note(history.committed, compacted.put(records), records);
    }

    /** A retry of the batch must be known as one, whatever was cleaned and recovered since. */
    private void putIdempotent(int producer) throws IOException {
        String[] records = records();
        int sequence = history.sequences[producer];
        AppendResult result = compacted.append(producer, sequence, false, records);
        assertThat(result.duplicate()).isFalse();
        note(history.committed, result, records);
        history.sequences[producer] += records.length;
        assertThat(compacted.append(producer, sequence, false, records).duplicate())
                .isTrue();
    }

    private void putInTransaction(int producer) throws IOException {
        String[] records = records();
        AppendResult result = compacted.putIn(producer, history.sequences[producer], records);
        history.sequences[producer] += records.length;
        note(history.open.computeIfAbsent(producer, id -> new TreeMap<>()), result, records);
    }

    private void end(int producer, boolean committed) throws IOException {
        compacted.end(producer, committed);
        TreeMap<Long, String> records = history.open.remove(producer);
        if (committed) {
            history.committed.putAll(records);
        }
    }

    private DirtyRange range() throws IOException {
        return compacted.log.dirtyRange(compacted.log.logEndOffset(), compacted.nowMs);
    }

    private void cleanAll() throws IOException {
        for (DirtyRange range = range(); range.firstDirty() < range.firstUncleanable(); range = range()) {
            LogCleaning cleaning = compacted.clean();
            assertThat(cleaning.isAbandoned()).isFalse();
            assertThat(cleaning.cleanedTo()).isGreaterThan(range.firstDirty());
        }
    }

    private void giveUpCleaning() throws IOException {
        LogCleaning cleaning = compacted.begin();
        for (int steps = random.nextInt(20); steps > 0; steps--) {
            cleaning.step(CompactedLog.STEP_BYTES);
        }
        cleaning.abandon();
    }

    private void crashDuringCleaning(int operations, boolean power) throws IOException {
        compacted.log.flush();
        compacted.disk.crashAfter(operations);
        try {
            compacted.clean();
        } catch (NastyDisk.Crash expected) {
            // At whatever it was doing.
        }
        compacted.disk.doNotCrash();
        if (power) {
            compacted.disk.failPower();
        } else {
            compacted.disk.killProcess();
        }
        compacted.reopen();
        assertNothingHalfDone();
    }

    private void assertNothingHalfDone() {
        assertThat(compacted.files(LogFileNames.CLEANED)).isEmpty();
        assertThat(compacted.files(LogFileNames.SWAP)).isEmpty();
        assertThat(compacted.files(LogFileNames.DELETED)).isEmpty();
    }

    /** Nothing is seen that was not committed, and every key has its last value. Open transactions hide what follows them. */
    private void check() throws IOException {
        long stable = compacted.log.lastStableOffset(compacted.log.logEndOffset());
        TreeMap<Long, String> visible = compacted.committed(0);
        TreeMap<Long, String> expected = new TreeMap<>(history.committed.headMap(stable));
        visible.forEach((offset, record) -> assertThat(record).isEqualTo(expected.get(offset)));
        assertThat(History.state(visible)).isEqualTo(History.state(expected));
    }

    /** Every point, one after the other, and what a power failure makes of it. */
    @Property(tries = 12, shrinking = ShrinkingMode.OFF)
    void is_right_wherever_its_cleaning_is_interrupted(@ForAll long seed, @ForAll @IntRange(max = 1) int power)
            throws IOException {
        compacted = begin(seed);
        for (int i = 0; i < 12; i++) {
            put();
            putIdempotent(PRODUCERS);
            putInTransaction(0);
            end(0, i % 2 == 0);
        }
        compacted.log.flush();
        CompactedLog original = compacted;
        List<Integer> crashes = new ArrayList<>();
        for (int operations = 0; ; operations++) {
            compacted = original.copy(seed + operations);
            compacted.disk.crashAfter(operations);
            boolean crashed = false;
            try {
                compacted.clean();
            } catch (NastyDisk.Crash expected) {
                crashed = true;
                crashes.add(operations);
            }
            compacted.disk.doNotCrash();
            if (power == 1) {
                compacted.disk.failPower();
            } else {
                compacted.disk.killProcess();
            }
            compacted.reopen();
            assertNothingHalfDone();
            assertThat(compacted.log.logEndOffset()).isEqualTo(original.log.logEndOffset());
            check();
            cleanAll();
            check();
            if (!crashed) {
                break;
            }
            assertThat(compacted.committed(0)).hasSizeLessThan(history.committed.size());
        }
        assertThat(crashes.size()).isGreaterThan(15);
    }
}
