package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_search {
    private static final long NOW = 1_700_000_000_000L;

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(disk, "topic-0", Configs.segments(600), NOW);
    }

    private void append(Compression compression, long... timestamps) throws IOException {
        List<SimpleRecord> records = new ArrayList<>();
        for (long timestamp : timestamps) {
            records.add(new SimpleRecord(timestamp, Batches.bytes("k"), Batches.bytes("v")));
        }
        log.append(Batches.build(compression, -1, (short) -1, -1, false, records), AppendOrigin.CLIENT, 4, NOW);
    }

    private void append(long... timestamps) throws IOException {
        append(Compression.NONE, timestamps);
    }

    @Nested
    class by_timestamp {
        @Test
        void finds_the_first_record_at_or_after_it() throws IOException {
            append(100, 300, 200);
            append(400);

            assertThat(log.offsetForTimestamp(0)).hasValue(new TimestampOffset(100, 0, 4));
            assertThat(log.offsetForTimestamp(100)).hasValue(new TimestampOffset(100, 0, 4));
            assertThat(log.offsetForTimestamp(101)).hasValue(new TimestampOffset(300, 1, 4));
            assertThat(log.offsetForTimestamp(301)).hasValue(new TimestampOffset(400, 3, 4));
        }

        @Test
        void finds_nothing_after_the_last_one() throws IOException {
            append(100);

            assertThat(log.offsetForTimestamp(101)).isEmpty();
        }

        @Test
        void finds_nothing_in_an_empty_log() throws IOException {
            assertThat(log.offsetForTimestamp(0)).isEmpty();
            assertThat(log.offsetOfMaxTimestamp()).isEmpty();
        }

        @Test
        void looks_into_compressed_batches() throws IOException {
            append(Compression.lz4().build(), 100, 200, 300);

            assertThat(log.offsetForTimestamp(150)).hasValue(new TimestampOffset(200, 1, 4));
        }

        @Test
        void passes_by_what_lies_below_the_log_start() throws IOException {
            append(100, 200);
            append(300);
            log.advanceLogStart(1);

            assertThat(log.offsetForTimestamp(0)).hasValue(new TimestampOffset(200, 1, 4));
        }

        @Test
        void agrees_with_a_plain_walk_over_many_segments() throws IOException {
            Random random = new Random(7);
            List<Long> all = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                long[] timestamps = new long[1 + random.nextInt(4)];
                for (int j = 0; j < timestamps.length; j++) {
                    timestamps[j] = i * 10L + random.nextInt(200);
                    all.add(timestamps[j]);
                }
                append(timestamps);
            }
            for (int pass = 0; pass < 3; pass++) {
                for (long target = 0; target < 850; target += 7) {
                    assertThat(log.offsetForTimestamp(target)
                                    .map(TimestampOffset::offset)
                                    .orElse(-1L))
                            .as("timestamp %s", target)
                            .isEqualTo(firstAtOrAfter(all, target));
                }
                if (pass == 0) {
                    log.close();
                } else {
                    disk.killProcess();
                }
                open();
            }
        }

        private long firstAtOrAfter(List<Long> all, long target) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i) >= target) {
                    return i;
                }
            }
            return -1;
        }
    }

    @Nested
    class for_the_largest_timestamp {
        @Test
        void finds_the_first_of_equal_ones() throws IOException {
            append(100, 500, 500);
            append(500);
            append(300);

            assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimestampOffset(500, 1, 4));
        }

        @Test
        void finds_it_in_any_segment() throws IOException {
            for (int i = 0; i < 20; i++) {
                append(1000 - i);
            }
            assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimestampOffset(1000, 0, 4));
            log.close();
            open();
            assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimestampOffset(1000, 0, 4));
        }
    }

    @Nested
    class for_the_end_of_a_leader_epoch {
        @BeforeEach
        void lead_for_some_terms() throws IOException {
            for (int epoch : new int[] {2, 2, 3, 6}) {
                log.append(Batches.of(NOW, "a"), AppendOrigin.CLIENT, epoch, NOW);
            }
        }

        @Test
        void finds_where_the_next_one_begins() {
            assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEndOffset(2, 2));
            assertThat(log.endOffsetForEpoch(3)).hasValue(new EpochEndOffset(3, 3));
        }

        @Test
        void finds_the_log_end_for_the_latest() {
            assertThat(log.endOffsetForEpoch(6)).hasValue(new EpochEndOffset(6, 4));
        }

        @Test
        void goes_back_to_the_one_before_when_it_has_no_records() {
            assertThat(log.endOffsetForEpoch(5)).hasValue(new EpochEndOffset(3, 3));
        }

        @Test
        void finds_the_beginning_for_one_before_all_others() {
            assertThat(log.endOffsetForEpoch(1)).hasValue(new EpochEndOffset(1, 0));
        }

        @Test
        void finds_nothing_for_one_of_the_future() {
            assertThat(log.endOffsetForEpoch(7)).isEmpty();
            assertThat(log.endOffsetForEpoch(-1)).isEmpty();
        }

        @Test
        void finds_the_same_after_a_crash() throws IOException {
            disk.killProcess();
            open();
            finds_where_the_next_one_begins();
            assertThat(log.latestEpoch()).hasValue(6);
            assertThat(log.epochForOffset(1)).hasValue(2);
        }
    }
}
