package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_read {
    private static final long NOW = 1_700_000_000_000L;
    private static final int BATCHES = 40;
    private static final int RECORDS = 3;
    private static final long END = (long) BATCHES * RECORDS;

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;
    private int batchBytes;

    @BeforeEach
    void fill() throws IOException {
        log = open();
        for (int i = 0; i < BATCHES; i++) {
            ByteBuffer batch = Batches.of(NOW, "a" + (10 + i), "b" + (10 + i), "c" + (10 + i));
            batchBytes = batch.remaining();
            log.append(batch, AppendOrigin.CLIENT, 0, NOW);
        }
    }

    private PartitionLog open() throws IOException {
        return PartitionLog.open(disk, "topic-0", Configs.segments(1000), NOW);
    }

    private List<Long> baseOffsets(long offset, int maxBytes, long end, boolean atLeastOne) throws IOException {
        try (LogSlice slice = log.read(offset, maxBytes, end, atLeastOne)) {
            List<Long> found = new ArrayList<>();
            for (RecordBatch batch :
                    MemoryRecords.readableRecords(LogReader.bytes(slice)).batches()) {
                batch.ensureValid();
                found.add(batch.baseOffset());
            }
            if (!found.isEmpty()) {
                assertThat(slice.nextOffset()).isEqualTo(found.get(found.size() - 1) + RECORDS);
            } else {
                assertThat(slice.nextOffset()).isEqualTo(offset);
            }
            return found;
        }
    }

    @Test
    void begins_with_the_batch_that_holds_the_offset() throws IOException {
        for (long offset = 0; offset < END; offset++) {
            assertThat(baseOffsets(offset, batchBytes, END, true)).containsExactly(offset / RECORDS * RECORDS);
        }
    }

    @Test
    void begins_there_after_a_restart_too() throws IOException {
        log.close();
        log = open();
        begins_with_the_batch_that_holds_the_offset();
    }

    @Test
    void ends_before_the_batch_that_does_not_fit() throws IOException {
        assertThat(baseOffsets(0, 3 * batchBytes - 1, END, true)).containsExactly(0L, 3L);
        assertThat(baseOffsets(0, 3 * batchBytes, END, true)).containsExactly(0L, 3L, 6L);
    }

    @Test
    void gives_one_batch_that_is_too_large_only_when_asked_to() throws IOException {
        assertThat(baseOffsets(4, 1, END, true)).containsExactly(3L);
        assertThat(baseOffsets(4, 1, END, false)).isEmpty();
        assertThat(baseOffsets(4, 0, END, true)).containsExactly(3L);
    }

    @Test
    void ends_before_the_batch_that_reaches_the_end_offset() throws IOException {
        assertThat(baseOffsets(0, 10_000, 7, true)).containsExactly(0L, 3L);
        assertThat(baseOffsets(0, 10_000, 6, true)).containsExactly(0L, 3L);
        assertThat(baseOffsets(0, 10_000, 2, true)).isEmpty();
    }

    @Test
    void ends_with_the_segment() throws IOException {
        List<Long> found = baseOffsets(0, 1 << 20, END, true);

        assertThat(found).hasSize(1000 / batchBytes).first().isEqualTo(0L);
    }

    @Test
    void reaches_everything_when_it_goes_on_where_it_ended() throws IOException {
        for (int maxBytes = 1; maxBytes < 1100; maxBytes += 49) {
            List<Long> found = new ArrayList<>();
            long next = 0;
            while (next < END) {
                List<Long> some = baseOffsets(next, maxBytes, END, true);
                found.addAll(some);
                next = some.get(some.size() - 1) + RECORDS;
            }
            assertThat(found).hasSize(BATCHES).isSorted();
        }
    }

    @Test
    void is_empty_at_the_end() throws IOException {
        assertThat(baseOffsets(END, 1000, END, true)).isEmpty();
        assertThat(baseOffsets(END, 1000, Long.MAX_VALUE, true)).isEmpty();
        assertThat(baseOffsets(50, 1000, 50, true)).isEmpty();
    }

    @Test
    void is_refused_beyond_the_end() {
        assertThatThrownBy(() -> log.read(END + 1, 1000, END, true))
                .isInstanceOf(OffsetOutOfRangeException.class)
                .hasMessageContaining("offset " + (END + 1) + " is not in topic-0, which has 0 to " + END);
    }

    @Test
    void is_refused_below_the_start() throws IOException {
        log.advanceLogStart(10);
        assertThatThrownBy(() -> log.read(9, 1000, END, true)).isInstanceOf(OffsetOutOfRangeException.class);
        assertThat(baseOffsets(10, 1, END, true)).containsExactly(9L);
    }

    @Test
    void sends_from_any_position_of_the_slice() throws IOException {
        try (LogSlice slice = log.read(3, 2 * batchBytes, END, true)) {
            ByteBuffer whole = LogReader.bytes(slice);
            for (int from = 0; from <= slice.sizeInBytes(); from++) {
                LogReader.Sink sink = new LogReader.Sink(slice.sizeInBytes());
                assertThat(slice.transferTo(sink, from)).isEqualTo(slice.sizeInBytes() - from);
            }
            assertThat(whole.remaining()).isEqualTo(slice.sizeInBytes());
        }
    }

    @Test
    void knows_nothing_of_a_slice_that_was_released() throws IOException {
        LogSlice slice = log.read(3, 1000, END, true);
        slice.close();
        slice.close();

        assertThatThrownBy(() -> slice.transferTo(new LogReader.Sink(1000), 0))
                .isInstanceOf(IllegalStateException.class);
    }

    @Nested
    class whose_slice_is_being_sent {
        @Test
        void goes_on_when_the_segment_is_deleted() throws IOException {
            try (LogSlice slice = log.read(0, 1000, END, true)) {
                ByteBuffer before = LogReader.bytes(slice);
                log.advanceLogStart(END);

                assertThat(disk.exists("topic-0/00000000000000000000.log")).isFalse();
                assertThat(LogReader.bytes(slice)).isEqualTo(before);
            }
        }

        @Test
        void goes_on_when_the_segment_is_truncated_and_written_anew() throws IOException {
            try (LogSlice slice = log.read(0, 1000, END, true)) {
                ByteBuffer before = LogReader.bytes(slice);
                log.truncateTo(2 * RECORDS);
                log.append(Batches.of(NOW, "other"), AppendOrigin.CLIENT, 1, NOW);

                assertThat(LogReader.bytes(slice)).isEqualTo(before);
                assertThat(LogReader.records(log, 5)).containsExactly("5=c11", "6=other");
            }
        }
    }

    @Nested
    class beside_the_writer {
        @Test
        void sees_whole_batches_in_order() throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                try {
                    long next = 0;
                    while (!done.get() || next < log.logEndOffset()) {
                        long start = log.logStartOffset();
                        try (LogSlice slice = log.read(Math.max(next, start), 500, Long.MAX_VALUE, true)) {
                            long expected = -1;
                            for (RecordBatch batch : MemoryRecords.readableRecords(LogReader.bytes(slice))
                                    .batches()) {
                                batch.ensureValid();
                                assertThat(expected == -1 || batch.baseOffset() == expected)
                                        .isTrue();
                                expected = batch.nextOffset();
                            }
                            next = slice.nextOffset();
                        } catch (OffsetOutOfRangeException deletedMeanwhile) {
                            next = log.logStartOffset();
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            reader.start();
            for (int i = 0; i < 3000; i++) {
                log.append(Batches.of(NOW, "x" + i, "y" + i), AppendOrigin.CLIENT, 0, NOW);
                if (i % 100 == 99) {
                    log.advanceLogStart(log.logEndOffset() - 100);
                }
                if (i % 250 == 249) {
                    log.flush();
                }
            }
            done.set(true);
            reader.join();
            assertThat(failure.get()).isNull();
        }

        @Test
        void survives_truncations() throws Exception {
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread reader = new Thread(() -> {
                try {
                    while (!done.get()) {
                        long from = Math.max(0, log.logEndOffset() - 50);
                        try (LogSlice slice = log.read(from, 400, Long.MAX_VALUE, true)) {
                            for (RecordBatch batch : MemoryRecords.readableRecords(LogReader.bytes(slice))
                                    .batches()) {
                                batch.ensureValid();
                            }
                        } catch (OffsetOutOfRangeException truncatedMeanwhile) {
                            continue;
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            reader.start();
            for (int i = 0; i < 1500; i++) {
                log.append(Batches.of(NOW, "x" + i, "y" + i), AppendOrigin.CLIENT, 0, NOW);
                if (i % 10 == 9) {
                    log.truncateTo(log.logEndOffset() - 7);
                }
            }
            done.set(true);
            reader.join();
            assertThat(failure.get()).isNull();
        }
    }
}
