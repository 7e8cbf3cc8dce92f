package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_segments_of_a_log {
    private static final long NOW = 1_700_000_000_000L;
    private static final String DIRECTORY = "topic-0";

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;

    private void open(LogConfig config) throws IOException {
        log = PartitionLog.open(disk, DIRECTORY, config, NOW);
    }

    private void append(long timestampMs, String... values) throws IOException {
        log.append(Batches.of(timestampMs, values), AppendOrigin.CLIENT, 0, NOW);
    }

    private void replicate(long baseOffset, int epoch, String... values) throws IOException {
        ByteBuffer batch = Batches.of(NOW, values);
        BatchHeader.baseOffset(batch, 0, baseOffset);
        BatchHeader.leaderEpoch(batch, 0, epoch);
        log.append(batch, AppendOrigin.REPLICATION, 0, NOW);
    }

    private List<Long> segments() {
        List<Long> offsets = new ArrayList<>();
        for (Disk.Entry entry : disk.list(DIRECTORY)) {
            LogFileNames.offsetIn(entry.name(), ".log").ifPresent(offsets::add);
        }
        return offsets;
    }

    @Nested
    class are_rolled {
        @Test
        void when_the_next_batch_would_exceed_segment_bytes() throws IOException {
            int batch = Batches.of(NOW, "a").remaining();
            open(Configs.segments(2 * batch));
            for (int i = 0; i < 5; i++) {
                append(NOW, "a");
            }
            assertThat(segments()).containsExactly(0L, 2L, 4L);
        }

        @Test
        void when_their_records_span_more_than_segment_ms() throws IOException {
            open(Configs.segmentMs(1000));
            append(NOW, "a");
            append(NOW + 1000, "b");
            append(NOW + 1001, "c");

            assertThat(segments()).containsExactly(0L, 2L);
        }

        @Test
        void earlier_by_a_jitter_that_is_not_the_same_for_every_log() throws IOException {
            LogConfig config = Configs.jitter(1000, 900);
            Set<Integer> records = new HashSet<>();
            for (int partition = 0; partition < 20; partition++) {
                log = PartitionLog.open(disk, "jittered-" + partition, config, NOW);
                int count = 0;
                while (log.segments().size() == 1) {
                    append(NOW + 50L * count, "a");
                    count++;
                }
                assertThat(count).isBetween(3, 22);
                records.add(count);
            }
            assertThat(records).hasSizeGreaterThan(4);
        }

        @Test
        void when_an_index_is_full() throws IOException {
            open(Configs.maxIndexBytes(24));
            for (int i = 0; i < 8; i++) {
                append(NOW + i, "a");
            }
            assertThat(segments()).hasSizeGreaterThan(1);
            assertThat(LogReader.records(log, 0)).hasSize(8);
        }

        @Test
        void when_offsets_go_too_far_for_an_index_entry() throws IOException {
            open(LogConfig.DEFAULT);
            replicate(0, 0, "a");
            replicate(Integer.MAX_VALUE, 0, "b");
            replicate(Integer.MAX_VALUE + 1L, 0, "c");
            replicate(1L << 40, 0, "d");

            assertThat(segments()).containsExactly(0L, Integer.MAX_VALUE + 1L, 1L << 40);
            assertThat(LogReader.records(log, 1))
                    .containsExactly(Integer.MAX_VALUE + "=b", (Integer.MAX_VALUE + 1L) + "=c", (1L << 40) + "=d");
        }

        @Test
        void with_a_snapshot_of_the_producers() throws IOException {
            int batch = Batches.of(NOW, "a").remaining();
            open(Configs.segments(batch));
            append(NOW, "a");
            append(NOW, "a");

            assertThat(disk.exists(DIRECTORY + "/00000000000000000001.snapshot"))
                    .isTrue();
        }
    }

    @Nested
    class on_a_follower {
        @Test
        void may_have_gaps() throws IOException {
            open(Configs.segments(300));
            replicate(5, 2, "a", "b");
            replicate(20, 3, "c");
            replicate(1000, 3, "d");

            assertThat(log.logEndOffset()).isEqualTo(1001);
            assertThat(LogReader.records(log, 0)).containsExactly("5=a", "6=b", "20=c", "1000=d");
            assertThat(LogReader.records(log, 8)).containsExactly("20=c", "1000=d");
            assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEndOffset(2, 20));
        }

        @Test
        void do_not_go_back() throws IOException {
            open(LogConfig.DEFAULT);
            replicate(5, 2, "a", "b");

            assertThatThrownBy(() -> replicate(6, 2, "x"))
                    .isInstanceOf(CorruptRecordException.class)
                    .hasMessageContaining("cannot follow offset 6");
        }

        @Test
        void take_more_at_once_than_one_of_them_holds() throws IOException {
            open(Configs.segments(200));
            ByteBuffer fetched = ByteBuffer.allocate(2000);
            for (int i = 0; i < 10; i++) {
                ByteBuffer batch = Batches.of(NOW, "value " + i);
                BatchHeader.baseOffset(batch, 0, i);
                BatchHeader.leaderEpoch(batch, 0, 4);
                fetched.put(batch);
            }
            AppendResult result = log.append(fetched.flip(), AppendOrigin.REPLICATION, 0, NOW);

            assertThat(result.baseOffset()).isZero();
            assertThat(result.lastOffset()).isEqualTo(9);
            assertThat(segments()).hasSizeGreaterThan(3);
            assertThat(LogReader.records(log, 0)).hasSize(10);
            assertThat(log.latestEpoch()).hasValue(4);
        }

        @Test
        void begin_elsewhere_after_a_restart_at_an_offset() throws IOException {
            open(LogConfig.DEFAULT);
            replicate(0, 2, "a", "b");
            log.restartAt(500);
            replicate(500, 3, "c");

            assertThat(log.logStartOffset()).isEqualTo(500);
            assertThat(LogReader.records(log, 500)).containsExactly("500=c");
            assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEndOffset(2, 500));
            disk.failPower();
            open(LogConfig.DEFAULT);
            assertThat(log.logStartOffset()).isEqualTo(500);
        }
    }

    @Nested
    class that_are_truncated {
        @Test
        void end_before_the_offset() throws IOException {
            open(Configs.segments(200));
            for (int i = 0; i < 10; i++) {
                append(NOW + i, "value " + i);
            }
            log.truncateTo(4);

            assertThat(log.logEndOffset()).isEqualTo(4);
            assertThat(LogReader.records(log, 0)).hasSize(4);
            assertThat(log.offsetOfMaxTimestamp()).hasValue(new TimestampOffset(NOW + 3, 3, 0));
            assertThat(segments()).allSatisfy(base -> assertThat(base).isLessThanOrEqualTo(4));
        }

        @Test
        void lose_the_whole_batch_that_holds_the_offset() throws IOException {
            open(LogConfig.DEFAULT);
            append(NOW, "a", "b", "c");
            append(NOW, "d", "e", "f");
            log.truncateTo(4);

            assertThat(log.logEndOffset()).isEqualTo(3);
        }

        @Test
        void forget_the_epochs_that_began_behind_it() throws IOException {
            open(LogConfig.DEFAULT);
            replicate(0, 1, "a");
            replicate(1, 2, "b");
            replicate(2, 5, "c");
            log.truncateTo(2);

            assertThat(log.latestEpoch()).hasValue(2);
            replicate(2, 3, "x");
            assertThat(log.endOffsetForEpoch(2)).hasValue(new EpochEndOffset(2, 2));
        }

        @Test
        void end_with_a_record_rather_than_in_a_gap() throws IOException {
            open(Configs.segments(400));
            replicate(0, 1, "a", "b");
            replicate(100, 1, "c");
            log.truncateTo(50);

            assertThat(log.logEndOffset()).isEqualTo(2);
        }

        @Test
        void begin_anew_when_nothing_is_left_behind_the_log_start() throws IOException {
            int batch = Batches.of(NOW, "a", "b", "c").remaining();
            open(Configs.segments(batch));
            append(NOW, "a", "b", "c");
            append(NOW, "d", "e", "f");
            log.advanceLogStart(4);
            log.truncateTo(5);

            assertThat(log.logStartOffset()).isEqualTo(4);
            assertThat(log.logEndOffset()).isEqualTo(4);
            append(NOW, "x");
            append(NOW, "y");
            disk.killProcess();
            open(Configs.segments(batch));
            assertThat(LogReader.records(log, 4)).containsExactly("4=x", "5=y");
        }

        @Test
        void stay_as_they_are_for_an_offset_at_the_end() throws IOException {
            open(LogConfig.DEFAULT);
            append(NOW, "a");
            log.truncateTo(1);
            log.truncateTo(100);

            assertThat(log.logEndOffset()).isEqualTo(1);
        }

        @Test
        void do_not_come_back_with_a_power_failure() throws IOException {
            open(LogConfig.DEFAULT);
            append(NOW, "a");
            append(NOW, "b");
            log.flush();
            log.truncateTo(1);
            disk.failPower();
            open(LogConfig.DEFAULT);

            assertThat(LogReader.records(log, 0)).containsExactly("0=a");
        }
    }

    @Nested
    class that_are_deleted {
        private void fill() throws IOException {
            for (int i = 0; i < 10; i++) {
                append(NOW + i * 1000L, "value " + i);
            }
        }

        private int twoBatches() {
            return 2 * Batches.of(NOW, "value 0").remaining();
        }

        @Test
        void go_by_retention_ms_and_their_newest_record() throws IOException {
            open(Configs.retention(twoBatches(), 5000, -1, true));
            fill();
            int deleted = log.deleteExpired(10, NOW + 8001);

            assertThat(deleted).isEqualTo(2);
            assertThat(log.logStartOffset()).isEqualTo(4);
            assertThat(segments()).containsExactly(4L, 6L, 8L);
        }

        @Test
        void go_by_retention_bytes_as_long_as_enough_is_left() throws IOException {
            open(Configs.retention(twoBatches(), -1, 2L * twoBatches() + 1, true));
            fill();

            assertThat(log.deleteExpired(10, NOW)).isEqualTo(2);
            assertThat(log.sizeInBytes()).isEqualTo(3L * twoBatches());
        }

        @Test
        void are_never_above_the_high_watermark() throws IOException {
            open(Configs.retention(twoBatches(), 1, -1, true));
            fill();

            assertThat(log.deleteExpired(5, NOW + 1_000_000)).isEqualTo(2);
            assertThat(log.logStartOffset()).isEqualTo(4);
        }

        @Test
        void are_all_of_them_when_all_are_too_old() throws IOException {
            open(Configs.retention(twoBatches(), 1, -1, true));
            fill();

            assertThat(log.deleteExpired(10, NOW + 1_000_000)).isEqualTo(5);
            assertThat(log.logStartOffset()).isEqualTo(10);
            assertThat(log.sizeInBytes()).isZero();
            append(NOW, "next");
            assertThat(LogReader.records(log, 10)).containsExactly("10=next");
        }

        @Test
        void stay_under_another_cleanup_policy() throws IOException {
            open(Configs.retention(twoBatches(), 1, 1, false));
            fill();

            assertThat(log.deleteExpired(10, NOW + 1_000_000)).isZero();
        }

        @Test
        void stay_deleted_after_a_power_failure() throws IOException {
            LogConfig config = Configs.retention(twoBatches(), 1, -1, true);
            open(config);
            fill();
            log.deleteExpired(10, NOW + 1_000_000);
            disk.failPower();
            open(config);

            assertThat(log.logStartOffset()).isEqualTo(10);
            assertThat(log.logEndOffset()).isEqualTo(10);
        }

        @Test
        void lie_wholly_below_the_log_start() throws IOException {
            open(Configs.segments(twoBatches()));
            fill();
            log.advanceLogStart(5);

            assertThat(segments()).containsExactly(4L, 6L, 8L);
            assertThat(log.logStartOffset()).isEqualTo(5);
            assertThat(LogReader.records(log, 5)).hasSize(5);
            assertThat(log.epochForOffset(5)).hasValue(0);
        }

        @Test
        void do_not_move_the_log_start_beyond_the_end_or_back() throws IOException {
            open(LogConfig.DEFAULT);
            fill();
            log.advanceLogStart(5);
            log.advanceLogStart(3);

            assertThat(log.logStartOffset()).isEqualTo(5);
            assertThatThrownBy(() -> log.advanceLogStart(11)).isInstanceOf(OffsetOutOfRangeException.class);
        }

        @Test
        void keep_the_log_start_through_a_power_failure() throws IOException {
            open(LogConfig.DEFAULT);
            fill();
            log.flush();
            log.advanceLogStart(5);
            disk.failPower();
            open(LogConfig.DEFAULT);

            assertThat(log.logStartOffset()).isEqualTo(5);
        }
    }

    @Nested
    class of_a_deleted_log {
        @Test
        void are_gone_with_their_directory() throws IOException {
            open(Configs.segments(200));
            append(NOW, "a");
            log.delete(Runnable::run);

            assertThat(disk.list("")).isEmpty();
            assertThatThrownBy(() -> log.read(0, 100, 1, true)).hasMessageContaining("is closed");
            open(LogConfig.DEFAULT);
            assertThat(log.logEndOffset()).isZero();
        }

        @Test
        void leave_their_name_to_another_log_before_they_are_removed() throws IOException {
            open(Configs.segments(200));
            append(NOW, "a");
            List<Runnable> later = new ArrayList<>();
            log.delete(later::add);
            open(LogConfig.DEFAULT);

            assertThat(log.logEndOffset()).isZero();
            append(NOW, "b");
            later.forEach(Runnable::run);
            assertThat(disk.list("")).hasSize(1);
            assertThat(LogReader.records(log, 0)).containsExactly("0=b");
        }

        @Test
        void are_removed_at_once_when_nobody_else_will() throws IOException {
            open(Configs.segments(200));
            append(NOW, "a");
            log.delete(task -> {
                throw new RejectedExecutionException("closed");
            });

            assertThat(disk.list("")).isEmpty();
        }

        @Test
        void are_kept_for_a_slice_that_is_being_sent() throws IOException {
            open(LogConfig.DEFAULT);
            append(NOW, "a");
            try (LogSlice slice = log.read(0, 1000, 1, true)) {
                log.delete(Runnable::run);

                assertThat(LogReader.bytes(slice).remaining()).isEqualTo(slice.sizeInBytes());
            }
        }
    }
}
