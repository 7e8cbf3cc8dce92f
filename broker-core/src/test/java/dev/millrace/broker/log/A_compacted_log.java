package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.compaction.DirtyRange;
import dev.millrace.broker.log.compaction.OffsetMap;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.log.config.CompactionConfig;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class A_compacted_log {
    private static final long RETENTION_MS = 1000;

    private final CompactedLog compacted;

    A_compacted_log() throws IOException {
        compacted = new CompactedLog(
                1, Configs.compaction(1000, new CompactionConfig(0.5, 0, Long.MAX_VALUE, RETENTION_MS)));
    }

    @Nested
    class keeps {
        @Test
        void the_last_value_of_each_key_at_its_offset() throws IOException {
            compacted.put("a=1", "b=1", "c=1");
            compacted.put("a=2", "c=2");
            compacted.put("a=3");
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).containsExactly("1:b=1", "4:c=2", "5:a=3");
        }

        @Test
        void what_is_in_the_active_segment() throws IOException {
            compacted.put("a=1");
            compacted.roll();
            compacted.put("a=2");
            compacted.put("a=3");
            compacted.clean();

            assertThat(compacted.records()).hasSize(3);
        }

        @Test
        void what_was_clean_until_a_newer_value_comes() throws IOException {
            compacted.put("a=1", "b=1");
            compacted.roll();
            compacted.clean();
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();

            List<String> records = compacted.records();
            assertThat(records).hasSize(2).startsWith("1:b=1");
            assertThat(records.get(1)).endsWith("a=2");
        }

        @Test
        void its_end_and_its_start() throws IOException {
            compacted.put("a=1");
            compacted.roll();
            long end = compacted.log.logEndOffset();
            compacted.clean();

            assertThat(compacted.log.logEndOffset()).isEqualTo(end);
            assertThat(compacted.log.logStartOffset()).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
        void each_batch_in_the_codec_it_came_in(String codec) throws IOException {
            compacted.compression = Compression.of(codec).build();
            compacted.put("a=1", "b=1");
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).containsExactly("1:b=1", "2:a=2");
            assertThat(compacted.batches().get(0).compressionType()).isEqualTo(CompressionType.forName(codec));
        }

        @Test
        void the_timestamps_of_its_records() throws IOException {
            long first = compacted.nowMs;
            compacted.put("a", "b=1");
            compacted.nowMs += 500;
            compacted.put("b=2");
            compacted.roll();
            compacted.clean();

            List<Long> timestamps = new ArrayList<>();
            compacted.batches().get(0).forEach(record -> timestamps.add(record.timestamp()));
            assertThat(timestamps).containsExactly(first);
            assertThat(compacted.log.offsetForTimestamp(first + 1)).hasValue(new TimestampOffset(first + 500, 2, 0));
        }

        @Test
        void the_latest_batch_of_each_producer_even_without_records() throws IOException {
            compacted.append(7, 0, false, "a=1", "b=1");
            compacted.append(7, 2, false, "a=2", "b=2");
            compacted.put("a=3", "b=3");
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).containsExactly("4:a=3", "5:b=3");
            RecordBatch first = compacted.batches().get(0);
            assertThat(first.producerId()).isEqualTo(7);
            assertThat(first.baseOffset()).isEqualTo(2);
            assertThat(first.lastOffset()).isEqualTo(3);
            assertThat(first.lastSequence()).isEqualTo(3);
            assertThat(first.iterator().hasNext()).isFalse();
        }

        @Test
        void the_sequences_of_its_producers_through_a_recovery() throws IOException {
            compacted.append(7, 0, false, "a=1", "b=1");
            compacted.put("a=3", "b=3");
            compacted.roll();
            compacted.clean();
            for (String snapshot : compacted.files(".snapshot")) {
                compacted.disk.delete(CompactedLog.DIRECTORY + "/" + snapshot);
            }
            compacted.disk.killProcess();
            compacted.reopen();

            assertThat(compacted.append(7, 0, false, "a=1", "b=1").duplicate()).isTrue();
            assertThat(compacted.append(7, 2, false, "a=4").duplicate()).isFalse();
        }

        @Test
        void its_segments_adjoining() throws IOException {
            for (int i = 0; i < 40; i++) {
                compacted.put("a=" + i + "x".repeat(100), "b=" + i);
            }
            compacted.roll();
            compacted.clean();

            Segments segments = compacted.log.segments();
            for (int i = 0; i + 1 < segments.size(); i++) {
                assertThat(segments.get(i).endOffset()).isEqualTo(segments.endOffset(i));
            }
        }

        @Test
        void a_slice_that_is_being_sent() throws IOException {
            compacted.put("a=1");
            compacted.put("a=2");
            compacted.roll();
            try (LogSlice slice = compacted.log.read(0, 1 << 20, 2, true)) {
                compacted.clean();

                assertThat(LogReader.bytes(slice).remaining()).isEqualTo(slice.sizeInBytes());
                assertThat(slice.nextOffset()).isEqualTo(2);
            }
            assertThat(compacted.records()).containsExactly("1:a=2");
        }
    }

    @Nested
    class drops_a_tombstone {
        private void deleteKey() throws IOException {
            compacted.put("a=1", "b=1");
            compacted.put("a");
            compacted.roll();
        }

        @Test
        void only_once_its_time_has_passed() throws IOException {
            deleteKey();
            compacted.clean();
            assertThat(compacted.records()).containsExactly("1:b=1", "2:a");

            compacted.nowMs += RETENTION_MS - 1;
            compacted.roll();
            compacted.clean();
            assertThat(compacted.records()).containsExactly("1:b=1", "2:a");

            compacted.nowMs += 1;
            compacted.roll();
            compacted.clean();
            assertThat(compacted.records()).containsExactly("1:b=1");
        }

        @Test
        void at_a_time_that_the_batch_says() throws IOException {
            deleteKey();
            long horizon = compacted.nowMs + RETENTION_MS;
            compacted.clean();

            assertThat(compacted.batches())
                    .filteredOn(batch -> batch.baseOffset() == 2)
                    .singleElement()
                    .satisfies(batch -> assertThat(batch.deleteHorizonMs()).hasValue(horizon));
        }

        @Test
        void though_the_key_has_a_newer_value_at_once() throws IOException {
            deleteKey();
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).hasSize(2).startsWith("1:b=1");
        }
    }

    @Nested
    class with_transactions {
        @Test
        void drops_what_was_aborted_and_nothing_that_it_would_have_replaced() throws IOException {
            compacted.put("a=1", "b=1");
            compacted.putIn(7, 0, "a=2");
            compacted.putIn(8, 0, "b=2");
            compacted.end(7, false);
            compacted.end(8, true);
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).containsExactly("0:a=1", "3:b=2");
        }

        @Test
        void leaves_alone_what_may_still_be_undone() throws IOException {
            compacted.put("a=1");
            compacted.putIn(7, 0, "a=2");
            compacted.roll();
            compacted.roll();
            compacted.clean();

            assertThat(compacted.records()).containsExactly("0:a=1", "1:a=2");
        }

        @Test
        void keeps_a_marker_until_its_data_is_gone_and_its_time_has_passed() throws IOException {
            compacted.putIn(7, 0, "a=1");
            compacted.end(7, true); // 1
            compacted.putIn(7, 1, "b=1");
            compacted.end(7, true); // 3
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();
            assertThat(compacted.markers()).containsExactly("1", "3");

            compacted.roll();
            compacted.clean();
            assertThat(compacted.markers()).containsExactly("1", "3");

            compacted.nowMs += RETENTION_MS;
            compacted.roll();
            compacted.clean();
            assertThat(compacted.markers()).containsExactly("3");
            assertThat(compacted.records()).startsWith("2:b=1");
        }

        @Test
        void forgets_an_aborted_transaction_with_its_data() throws IOException {
            compacted.putIn(7, 0, "a=1");
            compacted.end(7, false);
            compacted.putIn(7, 1, "b=1");
            compacted.end(7, true);
            compacted.roll();
            compacted.clean();
            assertThat(compacted.log.abortedTransactions(0, 2)).hasSize(1);

            compacted.roll();
            compacted.clean();
            assertThat(compacted.log.abortedTransactions(0, 2)).isEmpty();
            assertThat(compacted.committed(0).headMap(4L)).containsOnly(Map.entry(2L, "b=1"));
        }

        @Test
        void tells_of_those_of_a_segment_that_was_sealed_after_it_was_forced() throws IOException {
            compacted.putIn(7, 0, "a=1");
            compacted.end(7, false);
            compacted.log.flush();
            long end = compacted.log.logEndOffset();
            compacted.put("a=" + "x".repeat(900));
            assertThat(compacted.log.segments().active().baseOffset()).isEqualTo(end);
            compacted.log.flush();
            compacted.disk.failPower();
            compacted.reopen();

            assertThat(compacted.committed(0).headMap(2L)).isEmpty();
        }

        @Test
        void does_not_wait_for_a_marker_that_is_gone_when_it_is_recovered_from_far_back() throws IOException {
            compacted.putIn(7, 0, "a=1");
            compacted.roll();
            compacted.end(7, true);
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();
            compacted.nowMs += RETENTION_MS;
            compacted.roll();
            compacted.clean();
            compacted.nowMs += RETENTION_MS;
            compacted.roll();
            compacted.clean();
            List<String> snapshots = compacted.files(".snapshot");
            compacted.disk.delete(CompactedLog.DIRECTORY + "/" + snapshots.get(snapshots.size() - 1));
            compacted.disk.killProcess();
            compacted.reopen();

            long end = compacted.log.logEndOffset();
            assertThat(compacted.log.lastStableOffset(end)).isEqualTo(end);
        }

        @Test
        void tells_of_aborted_transactions_after_a_recovery_too() throws IOException {
            compacted.putIn(7, 0, "a=1", "b=1");
            compacted.end(7, false);
            compacted.roll();
            compacted.clean();
            compacted.disk.failPower();
            compacted.reopen();

            assertThat(compacted.committed(0).headMap(3L)).isEmpty();
        }
    }

    @Nested
    class is_cleaned {
        @Test
        void when_more_of_it_is_dirty_than_the_ratio_says() throws IOException {
            compacted.put("a=1");
            compacted.roll();
            CompactionConfig config = compacted.config.compaction();
            assertThat(range().isDue(config)).isTrue();

            compacted.clean();
            assertThat(range().isDue(config)).isFalse();
            assertThat(range().cleanableBytes()).isZero();
        }

        @Test
        void up_to_the_first_segment_with_a_record_that_is_too_young() throws IOException {
            CompactedLog patient = new CompactedLog(
                    1, Configs.compaction(1000, new CompactionConfig(0.5, 5000, Long.MAX_VALUE, RETENTION_MS)));
            patient.put("a=1");
            patient.put("a=2");
            patient.roll();
            patient.clean();
            assertThat(patient.records()).hasSize(2);

            patient.nowMs += 5000;
            patient.clean();
            assertThat(patient.records()).containsExactly("1:a=2");
        }

        @Test
        void when_a_record_has_waited_for_too_long() throws IOException {
            CompactedLog eager =
                    new CompactedLog(1, Configs.compaction(1000, new CompactionConfig(1, 0, 5000, RETENTION_MS)));
            eager.put("a=1");
            eager.roll();
            assertThat(eager.log
                            .dirtyRange(eager.log.logEndOffset(), eager.nowMs)
                            .isDue(eager.config.compaction()))
                    .isFalse();

            eager.nowMs += 5001;
            assertThat(eager.log
                            .dirtyRange(eager.log.logEndOffset(), eager.nowMs)
                            .isDue(eager.config.compaction()))
                    .isTrue();
        }

        @Test
        void into_fewer_segments() throws IOException {
            for (int i = 0; i < 20; i++) {
                compacted.put("a=" + "x".repeat(300));
            }
            compacted.roll();
            assertThat(compacted.log.segments().size()).isGreaterThan(5);
            compacted.clean();

            compacted.roll();
            compacted.clean();
            assertThat(compacted.log.segments().size()).isLessThanOrEqualTo(3);
        }

        @Test
        void in_several_rounds_when_there_are_more_keys_than_memory() throws IOException {
            compacted.limits = new CleaningLimits(10 * OffsetMap.BYTES_PER_SLOT, 0.5, 256);
            for (int round = 0; round < 3; round++) {
                for (int key = 0; key < 12; key++) {
                    compacted.put("key " + key + "=" + round);
                }
            }
            compacted.roll();
            long firstUncleanable = range().firstUncleanable();
            int rounds = 0;
            while (range().firstDirty() < firstUncleanable) {
                compacted.clean();
                rounds++;
            }

            assertThat(rounds).isGreaterThan(3);
            assertThat(compacted.records()).hasSize(12).allMatch(record -> record.endsWith("=2"));
        }

        @Test
        void from_where_the_last_cleaning_ended_after_a_restart_too() throws IOException {
            compacted.put("a=1");
            compacted.roll();
            long cleanedTo = compacted.clean().cleanedTo();
            assertThat(cleanedTo).isPositive();
            compacted.disk.failPower();
            compacted.reopen();

            assertThat(range().firstDirty()).isEqualTo(cleanedTo);
        }

        @Test
        void from_its_start_when_what_was_clean_was_cut_off() throws IOException {
            compacted.put("a=1");
            compacted.put("a=2");
            compacted.roll();
            compacted.clean();
            compacted.log.truncateTo(1);

            assertThat(range().firstDirty()).isZero();
        }

        @Test
        void while_it_is_written_to() throws IOException {
            compacted.put("a=1");
            compacted.put("a=2");
            compacted.roll();
            LogCleaning cleaning = compacted.begin();
            while (!cleaning.isDone()) {
                cleaning.step(100);
                compacted.put("b=" + "x".repeat(300));
            }

            assertThat(cleaning.isAbandoned()).isFalse();
            assertThat(compacted.records()).startsWith("1:a=2");
        }

        @Test
        void not_at_all_when_a_batch_is_damaged() throws IOException {
            compacted.put("a=1");
            compacted.put("a=2");
            compacted.roll();
            compacted.disk.flipBit(CompactedLog.DIRECTORY + "/00000000000000000000.log", 65, 0);

            assertThatThrownBy(compacted::clean)
                    .isInstanceOf(LogCorruptException.class)
                    .hasMessageContaining("does not match its checksum");
        }

        @Test
        void another_time_when_the_disk_is_full() throws IOException {
            compacted.put("a=1");
            compacted.put("a=2");
            compacted.roll();
            LogCleaning cleaning = compacted.begin();
            compacted.disk.leaveRoomFor(10);
            assertThatThrownBy(() -> {
                        while (!cleaning.isDone()) {
                            cleaning.step(100);
                        }
                    })
                    .isInstanceOf(DiskFullException.class);
            cleaning.abandon();
            compacted.disk.makeRoom();

            assertThat(compacted.files(LogFileNames.CLEANED)).isEmpty();
            compacted.clean();
            assertThat(compacted.records()).containsExactly("1:a=2");
        }
    }

    @Nested
    class that_loses_segments_meanwhile {
        private LogCleaning begun() throws IOException {
            for (int i = 0; i < 10; i++) {
                compacted.put("a=" + i + "x".repeat(200));
            }
            compacted.roll();
            LogCleaning cleaning = compacted.begin();
            cleaning.step(100);
            return cleaning;
        }

        private void finish(LogCleaning cleaning) throws IOException {
            while (!cleaning.isDone()) {
                cleaning.step(100);
            }
        }

        @Test
        void to_a_truncation_is_not_cleaned() throws IOException {
            LogCleaning cleaning = begun();
            compacted.log.truncateTo(2);
            List<String> left = compacted.records();
            finish(cleaning);

            assertThat(cleaning.isAbandoned()).isTrue();
            assertThat(compacted.records()).isEqualTo(left);
            assertThat(compacted.files(LogFileNames.CLEANED)).isEmpty();
        }

        @Test
        void to_a_moving_log_start_is_not_cleaned() throws IOException {
            LogCleaning cleaning = begun();
            compacted.log.advanceLogStart(6);
            finish(cleaning);

            assertThat(cleaning.isAbandoned()).isTrue();
            assertThat(compacted.log.logStartOffset()).isEqualTo(6);
        }

        @Test
        void because_it_is_closed_is_not_cleaned() throws IOException {
            LogCleaning cleaning = begun();
            compacted.log.close();
            finish(cleaning);

            assertThat(cleaning.isAbandoned()).isTrue();
            compacted.reopen();
            assertThat(compacted.records()).hasSize(10);
        }

        @Test
        void because_it_is_deleted_leaves_no_file() throws IOException {
            LogCleaning cleaning = begun();
            compacted.log.delete(Runnable::run);
            finish(cleaning);

            assertThat(compacted.disk.list("")).isEmpty();
        }
    }

    private DirtyRange range() throws IOException {
        return compacted.log.dirtyRange(compacted.log.logEndOffset(), compacted.nowMs);
    }
}
