package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.log.recovery.Checkpoint;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * One file of a log is not what was written: a bit is flipped, a part is zeros, the end is missing or there is something
 * behind it. Whatever it is, nobody is given a batch that was never written, or passed over one that was.
 */
class A_damaged_log {
    private static final long NOW = 1_700_000_000_000L;
    private static final String DIRECTORY = "topic-0";
    private static final int LEADER_EPOCH_BYTES = Integer.BYTES;

    private NastyDisk disk = new NastyDisk(0);
    private PartitionLog log;

    /** The batches as they were appended, by base offset. */
    private final TreeMap<Long, ByteBuffer> written = new TreeMap<>();

    private record State(
            long logEndOffset,
            List<AbortedTransaction> aborted,
            List<ProducerStatus> producers,
            List<Object> timestamps,
            List<Object> epochs) {}

    private PartitionLog open() throws IOException {
        return PartitionLog.open(disk, DIRECTORY, Configs.segments(900), NOW);
    }

    private void append(ByteBuffer batch, AppendOrigin origin, int epoch) throws IOException {
        long base = log.append(batch, origin, epoch, NOW).baseOffset();
        ByteBuffer copy = ByteBuffer.allocate(batch.remaining());
        copy.put(batch.duplicate()).flip();
        written.put(base, copy);
    }

    private void fill(Random random) throws IOException {
        log = open();
        int sequence = 0;
        int transactions = 0;
        for (int i = 0; i < 60; i++) {
            int epoch = i / 13;
            String[] values = new String[1 + random.nextInt(4)];
            for (int j = 0; j < values.length; j++) {
                values[j] = "value " + i + '.' + j;
            }
            if (i % 4 == 3) {
                // Transactions of one producer that go over several segments, most of them aborted.
                append(Batches.transactional(NOW + i, 7, (short) 0, transactions++, "t"), AppendOrigin.CLIENT, epoch);
                if (i % 8 == 7) {
                    append(
                            BatchBuilder.endTransactionMarker(NOW, 7, (short) 0, 0, i % 24 == 23),
                            AppendOrigin.COORDINATOR,
                            epoch);
                }
            } else {
                append(Batches.idempotent(NOW + i, 4, (short) 0, sequence, values), AppendOrigin.CLIENT, epoch);
                sequence += values.length;
            }
            if (i == 35) {
                log.flush();
            }
        }
        log.advanceLogStart(3);
    }

    private State state() throws IOException {
        List<Object> timestamps = new ArrayList<>();
        for (int i = 0; i < 60; i += 3) {
            timestamps.add(log.offsetForTimestamp(NOW + i));
        }
        List<Object> epochs = new ArrayList<>();
        for (int epoch = 0; epoch < 6; epoch++) {
            epochs.add(log.endOffsetForEpoch(epoch));
        }
        return new State(
                log.logEndOffset(),
                log.abortedTransactions(log.logStartOffset(), log.logEndOffset()),
                log.activeProducers(),
                timestamps,
                epochs);
    }

    private String damage(Random random, boolean closed) throws IOException {
        List<Disk.Entry> files = disk.list(DIRECTORY);
        Disk.Entry file = files.get(random.nextInt(files.size()));
        String path = DIRECTORY + '/' + file.name();
        byte[] content = disk.content(path);
        int size = content.length;
        int kind = random.nextInt(4);
        if (size == 0 || kind == 3) {
            byte[] longer = java.util.Arrays.copyOf(content, size + 1 + random.nextInt(40));
            for (int i = size; i < longer.length; i++) {
                longer[i] = (byte) random.nextInt();
            }
            disk.place(path, longer);
        } else if (kind == 0) {
            int at = random.nextInt(size);
            // No checksum covers the offset of the last batch, and after a crash nothing says where the log should end.
            boolean lastOffset = !closed
                    && file.name().endsWith(".log")
                    && lastBatchOf(content) <= at
                    && at < lastBatchOf(content) + 8;
            disk.flipBit(path, lastOffset ? at + 16 : at, random.nextInt(8));
        } else if (kind == 1) {
            int at = random.nextInt(size);
            // Half of the time whole batches are missing.
            disk.cutOff(path, file.name().endsWith(".log") && random.nextBoolean() ? batchBefore(content, at) : at);
        } else {
            int from = random.nextInt(size);
            java.util.Arrays.fill(content, from, Math.min(size, from + 1 + random.nextInt(64)), (byte) 0);
            disk.place(path, content);
        }
        return file.name();
    }

    private static int batchBefore(byte[] content, int position) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        int at = 0;
        while (at + BatchHeader.sizeInBytes(bytes, at) <= position) {
            at += BatchHeader.sizeInBytes(bytes, at);
        }
        return at;
    }

    private static int lastBatchOf(byte[] content) {
        int last = 0;
        for (int at = 0; at < content.length; at += BatchHeader.sizeInBytes(ByteBuffer.wrap(content), at)) {
            last = at;
        }
        return last;
    }

    @Property(tries = 3000)
    void never_gives_what_was_not_written_nor_passes_over_what_was(@ForAll long seed, @ForAll boolean closed)
            throws IOException {
        Random random = new Random(seed);
        disk = new NastyDisk(seed);
        written.clear();
        fill(random);
        State before = state();
        if (closed) {
            log.close();
        } else {
            disk.killProcess();
        }
        String damaged = damage(random, closed);

        try {
            log = open();
        } catch (IOException e) {
            assertTellsWhatToDo(e, damaged);
            return;
        }
        boolean segment = damaged.endsWith(".log");
        int unreadable = readThrough(random, damaged);
        if (!segment) {
            assertThat(unreadable).as("batches that can't be read").isZero();
            if (!damaged.equals("log-checkpoint")) {
                assertThat(state()).isEqualTo(before);
            } else {
                assertThat(log.logEndOffset()).isEqualTo(before.logEndOffset());
            }
        }
        // Whatever is damaged, the log goes on behind it.
        append(Batches.of(NOW, "after"), AppendOrigin.CLIENT, 5);
        long last = log.logEndOffset() - 1;
        log.close();
        log = open();
        assertThat(LogReader.records(log, last)).containsExactly(last + "=after");
        log.close();
    }

    private static void assertTellsWhatToDo(IOException e, String damaged) {
        assertThat(e)
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining(DIRECTORY)
                .hasMessageContaining(damaged)
                .hasMessageContaining("restore");
    }

    /** As a consumer does that seeks behind what it can't have. Returns how many batches it could not have. */
    private int readThrough(Random random, String damaged) throws IOException {
        int unreadable = 0;
        long next = log.logStartOffset();
        while (next < log.logEndOffset()) {
            long expected = written.floorKey(next);
            try (LogSlice slice = log.read(next, 1 + random.nextInt(600), Long.MAX_VALUE, true)) {
                ByteBuffer bytes = LogReader.bytes(slice);
                assertThat(bytes.hasRemaining())
                        .as("something at offset %d", next)
                        .isTrue();
                while (bytes.hasRemaining()) {
                    ByteBuffer original = written.get(expected);
                    assertThat(withoutEpoch(bytes, original.remaining())).isEqualTo(withoutEpoch(original, -1));
                    bytes.position(bytes.position() + original.remaining());
                    Long following = written.higherKey(expected);
                    expected = following == null ? log.logEndOffset() : following;
                }
                assertThat(slice.nextOffset()).isGreaterThanOrEqualTo(expected);
                next = expected;
            } catch (LogCorruptException e) {
                assertTellsWhatToDo(e, damaged);
                unreadable++;
                Long following = written.higherKey(expected);
                next = following == null ? log.logEndOffset() : following;
            }
        }
        return unreadable;
    }

    /** Which no checksum covers: it is stamped by the leader, as Kafka has it. */
    private static byte[] withoutEpoch(ByteBuffer batch, int size) {
        byte[] bytes = new byte[size < 0 ? batch.remaining() : Math.min(size, batch.remaining())];
        batch.get(batch.position(), bytes);
        for (int i = 0; i < LEADER_EPOCH_BYTES && BatchHeader.LEADER_EPOCH_AT + i < bytes.length; i++) {
            bytes[BatchHeader.LEADER_EPOCH_AT + i] = 0;
        }
        return bytes;
    }

    @Test
    void is_read_whole_when_any_entry_of_an_index_names_a_place_that_can_not_be() throws IOException {
        fill(new Random(1));
        log.close();
        State before = stateOnce();
        List<String> indexes = disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(LogFileNames.OFFSET_INDEX))
                .toList();
        int damaged = 0;
        for (String index : indexes) {
            String path = DIRECTORY + '/' + index;
            for (int at = Integer.BYTES; at < disk.content(path).length; at += 2 * Integer.BYTES) {
                byte[] sound = disk.content(path);
                disk.flipBit(path, at, 7); // the sign of a position
                assertThat(stateOnce()).isEqualTo(before);
                disk.place(path, sound);
                damaged++;
            }
        }
        assertThat(damaged).isGreaterThan(10);
    }

    private State stateOnce() throws IOException {
        log = open();
        State state = state();
        assertThat(readThrough(new Random(1), "nothing")).isZero();
        log.close();
        return state;
    }

    @Test
    void keeps_what_it_cuts_off_before_whole_batches() throws IOException {
        fill(new Random(1));
        disk.killProcess();
        String last = disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .toList()
                .get(6);
        String path = DIRECTORY + '/' + last;
        byte[] before = disk.content(path);
        disk.flipBit(path, BatchHeader.RECORDS_AT + 3, 0);
        log = open();

        assertThat(disk.content(path + ".damaged-0")).hasSize(before.length);
        assertThat(log.logEndOffset()).isEqualTo(Long.parseLong(last.substring(0, 20)));
    }

    @Test
    void is_refused_where_nothing_may_be_cut_off() throws IOException {
        log = open();
        append(Batches.of(NOW, "one"), AppendOrigin.CLIENT, 0);
        append(Batches.of(NOW, "two"), AppendOrigin.CLIENT, 0);
        disk.killProcess();
        String path = DIRECTORY + "/00000000000000000000.log";
        disk.flipBit(path, BatchHeader.RECORDS_AT + 3, 0);

        assertThatThrownBy(() -> PartitionLog.open(disk, DIRECTORY, Configs.segments(900), NOW, Damage.REFUSE))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining(path + " is damaged at position 0 (checksum does not match)")
                .hasMessageEndingWith("truncate -s 0 memory:" + path);
    }

    @Test
    void is_cut_off_even_there_when_its_end_is_torn() throws IOException {
        log = open();
        append(Batches.of(NOW, "one"), AppendOrigin.CLIENT, 0);
        append(Batches.of(NOW, "two"), AppendOrigin.CLIENT, 0);
        disk.killProcess();
        String path = DIRECTORY + "/00000000000000000000.log";
        disk.cutOff(path, disk.content(path).length - 1);
        log = PartitionLog.open(disk, DIRECTORY, Configs.segments(900), NOW, Damage.REFUSE);

        assertThat(LogReader.records(log, 0)).containsExactly("0=one");
    }

    @Test
    void tells_of_transactions_as_they_ended_when_their_index_tells_otherwise() throws IOException {
        fill(new Random(1));
        List<AbortedTransaction> aborted = log.abortedTransactions(log.logStartOffset(), log.logEndOffset());
        log.close();
        List<String> indexes = disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(LogFileNames.TRANSACTION_INDEX))
                .toList();
        assertThat(indexes).hasSizeGreaterThan(2);
        for (String index : indexes) {
            String path = DIRECTORY + '/' + index;
            // The first offset of the first entry, by one: behind version and producer id.
            disk.flipBit(path, Short.BYTES + 2 * Long.BYTES - 1, 0);
            log = open();
            assertThat(log.abortedTransactions(log.logStartOffset(), log.logEndOffset()))
                    .isEqualTo(aborted);
            log.close();
        }
    }

    @Test
    void names_the_segment_that_lacks_batches_at_its_end() throws IOException {
        fill(new Random(1));
        log.flush();
        disk.killProcess();
        String path = DIRECTORY + '/' + segments().get(2);
        long next = Long.parseLong(segments().get(3).substring(0, 20));
        byte[] content = disk.content(path);
        disk.cutOff(path, lastBatchOf(content));
        log = open();
        long end = written.lowerKey(next);

        assertThatThrownBy(() -> log.read(end, 1 << 20, Long.MAX_VALUE, true))
                .isInstanceOf(LogCorruptException.class)
                .hasMessage("memory:" + path + " is damaged (it ends before offset " + end
                        + ", and the next segment begins at offset " + next
                        + "): restore the file from a copy or a replica; until then consumers can only go on by seeking"
                        + " to an offset behind it");
        assertThatThrownBy(() -> log.replay(0, batch -> {}))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining(path);
        try (LogSlice before = log.read(written.lowerKey(end), 1 << 20, Long.MAX_VALUE, true)) {
            assertThat(before.nextOffset()).isEqualTo(end);
        }
        try (LogSlice behind = log.read(next, 1, Long.MAX_VALUE, true)) {
            assertThat(LogReader.bytes(behind)).isEqualTo(written.get(next));
        }
    }

    private List<String> segments() {
        return disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(LogFileNames.LOG))
                .sorted()
                .toList();
    }

    @Test
    void keeps_what_apache_kafka_has_left_with_gaps_between_its_segments() throws IOException {
        fill(new Random(1));
        log.close();
        String path = DIRECTORY + '/' + segments().get(2);
        disk.cutOff(path, lastBatchOf(disk.content(path)));
        disk.delete(DIRECTORY + "/log-checkpoint");
        disk.delete(DIRECTORY + "/clean-shutdown");
        log = open();
        List<String> records = LogReader.records(log, 0);
        long end = log.logEndOffset();
        assertThat(records).hasSizeGreaterThan(50);

        // With a checkpoint of our own by now, and nothing forced yet.
        log.advanceLogStart(1);
        disk.killProcess();
        log = open();

        assertThat(log.logEndOffset()).isEqualTo(end);
        assertThat(LogReader.records(log, 1)).isEqualTo(records.subList(1, records.size()));
    }

    @Test
    void makes_a_checkpoint_that_is_damaged_anew_when_it_is_opened() throws IOException {
        fill(new Random(2));
        disk.killProcess();
        disk.cutOff(DIRECTORY + "/log-checkpoint", 0);

        log = open();

        assertThat(Checkpoint.read(disk, DIRECTORY)).isEqualTo(new Checkpoint(0, 0));
    }

    @Test
    void goes_on_in_a_new_segment_behind_a_damaged_end() throws IOException {
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
        append(Batches.of(NOW, "one"), AppendOrigin.CLIENT, 0);
        append(Batches.of(NOW, "two"), AppendOrigin.CLIENT, 0);
        log.close();
        String path = DIRECTORY + "/00000000000000000000.log";
        disk.flipBit(path, written.get(0L).remaining() + BatchHeader.MAGIC_AT, 5);
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
        append(Batches.of(NOW, "three"), AppendOrigin.CLIENT, 0);
        log.flush();
        disk.killProcess();
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);

        assertThat(LogReader.records(log, 2)).containsExactly("2=three");
        assertThatThrownBy(() -> log.read(1, 1 << 20, Long.MAX_VALUE, true))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining(path);
    }

    @Test
    void goes_on_behind_a_first_batch_that_is_damaged() throws IOException {
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
        append(Batches.of(NOW, "one"), AppendOrigin.CLIENT, 0);
        append(Batches.of(NOW, "two"), AppendOrigin.CLIENT, 0);
        log.close();
        disk.flipBit(DIRECTORY + "/00000000000000000000.log", BatchHeader.MAGIC_AT, 5);
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
        append(Batches.of(NOW, "three"), AppendOrigin.CLIENT, 0);
        log.close();
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);

        assertThat(LogReader.records(log, 2)).containsExactly("2=three");
        assertThat(log.activeBaseOffset()).isEqualTo(2);
    }

    @Test
    void gives_the_batches_around_the_one_that_is_damaged() throws IOException {
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
        for (String value : List.of("one", "two", "three")) {
            append(Batches.of(NOW, value), AppendOrigin.CLIENT, 0);
        }
        log.close();
        String path = DIRECTORY + "/00000000000000000000.log";
        int size = written.firstEntry().getValue().remaining();
        disk.flipBit(path, size + BatchHeader.RECORDS_AT + 3, 0);
        log = PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);

        try (LogSlice first = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            assertThat(Map.of(first.sizeInBytes(), first.nextOffset())).isEqualTo(Map.of(size, 1L));
        }
        assertThatThrownBy(() -> log.read(1, 1 << 20, Long.MAX_VALUE, true))
                .isInstanceOf(LogCorruptException.class)
                .hasMessage("the batch at position " + size + " of memory:" + path
                        + " is damaged (checksum does not match): restore the file from a copy or a replica; until then"
                        + " consumers can only go on by seeking to an offset behind it");
        assertThat(LogReader.records(log, 2)).containsExactly("2=three");
    }
}
