package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_producers_of_a_log {
    private static final long NOW = 1_700_000_000_000L;
    private static final long PRODUCER = 42;

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log = open(LogConfig.DEFAULT);

    private PartitionLog open(LogConfig config) {
        try {
            return PartitionLog.open(disk, "topic-0", config, NOW);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private AppendResult client(ByteBuffer batch) throws IOException {
        return log.append(batch, AppendOrigin.CLIENT, 0, NOW);
    }

    private AppendResult write(int epoch, int sequence, String... values) throws IOException {
        return client(Batches.idempotent(NOW, PRODUCER, (short) epoch, sequence, values));
    }

    private AppendResult transact(long producer, int epoch, int sequence, String... values) throws IOException {
        return client(Batches.transactional(NOW, producer, (short) epoch, sequence, values));
    }

    private AppendResult end(long producer, int epoch, int coordinatorEpoch, boolean commit) throws IOException {
        return log.append(
                BatchBuilder.endTransactionMarker(NOW, producer, (short) epoch, coordinatorEpoch, commit),
                AppendOrigin.COORDINATOR,
                0,
                NOW);
    }

    private void crash() {
        disk.killProcess();
        log = open(LogConfig.DEFAULT);
    }

    @Nested
    class that_are_idempotent {
        @Test
        void get_the_old_offsets_for_each_of_their_last_five_batches() throws IOException {
            for (int i = 0; i < 7; i++) {
                write(0, 2 * i, "a", "b");
            }
            for (int i = 2; i < 7; i++) {
                AppendResult retry = write(0, 2 * i, "a", "b");
                assertThat(retry.baseOffset()).isEqualTo(2 * i);
                assertThat(retry.lastOffset()).isEqualTo(2 * i + 1);
                assertThat(retry.duplicate()).isTrue();
            }
            assertThat(log.logEndOffset()).isEqualTo(14);
        }

        @Test
        void get_them_from_a_log_too_that_was_closed_before_it_had_answered() throws IOException {
            for (int i = 0; i < 7; i++) {
                write(0, 2 * i, "a", "b");
            }
            log.close();
            log = open(LogConfig.DEFAULT);
            for (int i = 2; i < 7; i++) {
                assertThat(write(0, 2 * i, "a", "b")).isEqualTo(new AppendResult(2L * i, 2L * i + 1, NOW, 0, true));
            }
            assertThat(write(0, 14, "c").duplicate()).isFalse();
            assertThatThrownBy(() -> write(0, 2, "a", "b")).isInstanceOf(OutOfOrderSequenceException.class);
        }

        @Test
        void get_them_from_a_log_too_that_was_killed_after_it_had_begun_a_segment() throws IOException {
            LogConfig small = Configs.segments(400);
            log = open(small);
            for (int i = 0; i < 7; i++) {
                write(0, 2 * i, "a", "b");
            }
            assertThat(log.activeBaseOffset()).isBetween(5L, 13L);
            log.flush();
            disk.killProcess();
            log = open(small);
            for (int i = 2; i < 7; i++) {
                assertThat(write(0, 2 * i, "a", "b").duplicate()).isTrue();
            }
        }

        @Test
        void are_out_of_order_with_a_batch_older_than_that() throws IOException {
            for (int i = 0; i < 7; i++) {
                write(0, i, "a");
            }
            assertThatThrownBy(() -> write(0, 1, "a")).isInstanceOf(OutOfOrderSequenceException.class);
        }

        @Test
        void are_out_of_order_when_they_skip_a_sequence() throws IOException {
            write(0, 0, "a");
            assertThatThrownBy(() -> write(0, 2, "c"))
                    .isInstanceOf(OutOfOrderSequenceException.class)
                    .hasMessageContaining("sequence 2")
                    .hasMessageContaining("after 0");
            assertThat(log.logEndOffset()).isEqualTo(1);
        }

        @Test
        void are_out_of_order_when_a_retried_batch_has_grown() throws IOException {
            write(0, 0, "a");
            assertThatThrownBy(() -> write(0, 0, "a", "b")).isInstanceOf(OutOfOrderSequenceException.class);
        }

        @Test
        void start_over_after_the_largest_sequence() throws IOException {
            write(0, Integer.MAX_VALUE - 1, "a", "b");
            write(0, 0, "c");

            assertThat(log.logEndOffset()).isEqualTo(3);
        }

        @Test
        void may_wrap_in_the_middle_of_a_batch() throws IOException {
            write(0, Integer.MAX_VALUE - 1, "a", "b", "c", "d");
            AppendResult next = write(0, 2, "e");
            AppendResult retry = write(0, Integer.MAX_VALUE - 1, "a", "b", "c", "d");

            assertThat(next.baseOffset()).isEqualTo(4);
            assertThat(retry.duplicate()).isTrue();
        }

        @Test
        void may_begin_anywhere_when_they_are_not_known() throws IOException {
            write(3, 1000, "a");

            assertThat(log.activeProducers())
                    .containsExactly(new ProducerStatus(PRODUCER, (short) 3, 1000, NOW, -1, -1));
        }

        @Test
        void begin_a_new_epoch_at_0() throws IOException {
            write(0, 0, "a");
            assertThatThrownBy(() -> write(1, 1, "b"))
                    .isInstanceOf(OutOfOrderSequenceException.class)
                    .hasMessageContaining("begins its epoch 1");
            write(1, 0, "b");

            assertThat(log.logEndOffset()).isEqualTo(2);
        }

        @Test
        void are_fenced_by_a_newer_epoch() throws IOException {
            write(1, 0, "a");
            assertThatThrownBy(() -> write(0, 0, "b")).isInstanceOf(InvalidProducerEpochException.class);
        }

        @Test
        void are_forgotten_when_they_have_been_idle_for_long() throws IOException {
            log = open(Configs.producerExpiration(1000));
            write(0, 0, "a");
            log.deleteExpired(0, NOW + 600_000);

            assertThat(log.activeProducers()).isEmpty();
            assertThat(write(0, 9, "b").duplicate()).isFalse();
        }

        @Test
        void are_the_same_after_a_crash() throws IOException {
            write(0, 0, "a");
            write(0, 1, "b");
            crash();

            assertThat(write(0, 0, "a").duplicate()).isTrue();
            assertThat(write(0, 2, "c").baseOffset()).isEqualTo(2);
        }

        @Test
        void are_the_same_after_a_truncation() throws IOException {
            write(0, 0, "a");
            write(0, 1, "b");
            write(0, 2, "c");
            log.truncateTo(2);

            assertThat(write(0, 1, "b").duplicate()).isTrue();
            assertThat(write(0, 2, "c").duplicate()).isFalse();
        }

        @Test
        void are_not_checked_on_a_follower() throws IOException {
            write(1, 0, "a");
            ByteBuffer replicated = Batches.idempotent(NOW, PRODUCER, (short) 0, 77, "b");
            BatchHeader.baseOffset(replicated, 0, 1);
            log.append(replicated, AppendOrigin.REPLICATION, 0, NOW);

            assertThat(log.logEndOffset()).isEqualTo(2);
        }

        @Test
        void keep_to_their_sequences_when_compressed() throws IOException {
            client(Batches.build(Compression.zstd().build(), NOW, PRODUCER, (short) 0, 0, false, "a", "b"));
            AppendResult retry =
                    client(Batches.build(Compression.zstd().build(), NOW, PRODUCER, (short) 0, 0, false, "a", "b"));

            assertThat(retry.duplicate()).isTrue();
        }
    }

    @Nested
    class that_transact {
        @Test
        void hold_back_the_last_stable_offset_until_they_end() throws IOException {
            client(Batches.of(NOW, "before"));
            transact(PRODUCER, 0, 0, "a");
            client(Batches.of(NOW, "after"));

            assertThat(log.lastStableOffset(3)).isEqualTo(1);
            assertThat(log.openTransaction(PRODUCER)).hasValue(1);

            end(PRODUCER, 0, 0, true);
            assertThat(log.openTransaction(PRODUCER)).isEmpty();
            assertThat(log.lastStableOffset(4))
                    .as("the marker is not replicated")
                    .isEqualTo(1);

            log.onHighWatermark(3);
            assertThat(log.lastStableOffset(3)).isEqualTo(1);
            log.onHighWatermark(4);
            assertThat(log.lastStableOffset(4)).isEqualTo(4);
        }

        @Test
        void are_never_stable_above_the_high_watermark() throws IOException {
            client(Batches.of(NOW, "a", "b"));

            assertThat(log.lastStableOffset(1)).isEqualTo(1);
        }

        @Test
        void hold_back_each_other() throws IOException {
            transact(1, 0, 0, "a");
            transact(2, 0, 0, "b");
            end(1, 0, 0, true);
            log.onHighWatermark(3);
            assertThat(log.lastStableOffset(3)).isEqualTo(1);

            end(2, 0, 0, false);
            log.onHighWatermark(4);
            assertThat(log.lastStableOffset(4)).isEqualTo(4);
        }

        @Test
        void leave_an_entry_where_they_were_aborted() throws IOException {
            transact(1, 0, 0, "a"); // 0
            transact(2, 0, 0, "b"); // 1
            end(2, 0, 0, false); // 2
            client(Batches.of(NOW, "c")); // 3
            end(1, 0, 0, false); // 4
            transact(3, 0, 0, "d"); // 5
            end(3, 0, 0, true); // 6

            assertThat(log.abortedTransactions(0, 7))
                    .containsExactlyInAnyOrder(new AbortedTransaction(2, 1), new AbortedTransaction(1, 0));
            assertThat(log.abortedTransactions(3, 7)).containsExactly(new AbortedTransaction(1, 0));
            assertThat(log.abortedTransactions(0, 1)).containsExactly(new AbortedTransaction(1, 0));
            assertThat(log.abortedTransactions(5, 7)).isEmpty();
        }

        @Test
        void are_told_to_readers_of_earlier_segments() throws IOException {
            log = open(Configs.segments(150));
            transact(1, 0, 0, "a");
            for (int i = 0; i < 10; i++) {
                client(Batches.of(NOW, "filler " + i));
            }
            end(1, 0, 0, false);

            assertThat(log.abortedTransactions(0, 1)).containsExactly(new AbortedTransaction(1, 0));
        }

        @Test
        void are_known_again_after_a_crash() throws IOException {
            log = open(Configs.segments(300));
            for (int i = 0; i < 5; i++) {
                transact(1, 0, i, "a" + i);
                end(1, 0, 3, i % 2 == 0);
            }
            transact(2, 5, 0, "open");
            List<AbortedTransaction> aborted = log.abortedTransactions(0, 11);
            crash();

            assertThat(aborted).hasSize(2);
            assertThat(log.abortedTransactions(0, 11)).isEqualTo(aborted);
            assertThat(log.openTransaction(2)).hasValue(10);
            log.onHighWatermark(11);
            assertThat(log.lastStableOffset(11)).isEqualTo(10);
            assertThatThrownBy(() -> end(1, 0, 2, true)).isInstanceOf(TransactionCoordinatorFencedException.class);
        }

        @Test
        void are_forgotten_where_the_log_is_truncated() throws IOException {
            transact(1, 0, 0, "a");
            end(1, 0, 0, false);
            transact(2, 0, 0, "b");
            log.truncateTo(1);

            assertThat(log.abortedTransactions(0, 9)).isEmpty();
            assertThat(log.openTransaction(1)).hasValue(0);
            assertThat(log.openTransaction(2)).isEmpty();
        }

        @Test
        void may_not_write_outside_of_the_transaction() throws IOException {
            transact(PRODUCER, 0, 0, "a");
            assertThatThrownBy(() -> write(0, 1, "b")).isInstanceOf(InvalidTxnStateException.class);
        }

        @Test
        void are_fenced_by_the_marker_of_a_newer_epoch() throws IOException {
            transact(PRODUCER, 0, 0, "a");
            end(PRODUCER, 1, 0, false);

            assertThatThrownBy(() -> transact(PRODUCER, 0, 1, "b")).isInstanceOf(InvalidProducerEpochException.class);
            assertThatThrownBy(() -> transact(PRODUCER, 1, 1, "b")).isInstanceOf(OutOfOrderSequenceException.class);
            transact(PRODUCER, 1, 0, "b");
        }

        @Test
        void ignore_coordinators_that_are_fenced() throws IOException {
            transact(PRODUCER, 0, 0, "a");
            end(PRODUCER, 0, 5, true);

            assertThatThrownBy(() -> end(PRODUCER, 0, 4, true))
                    .isInstanceOf(TransactionCoordinatorFencedException.class)
                    .hasMessageContaining("4")
                    .hasMessageContaining("5");
            end(PRODUCER, 0, 5, true);
        }

        @Test
        void may_end_without_having_begun() throws IOException {
            end(PRODUCER, 0, 0, false);

            assertThat(log.abortedTransactions(0, 1)).isEmpty();
            assertThat(log.lastStableOffset(1)).isEqualTo(1);
        }

        @Test
        void are_never_forgotten_while_the_transaction_is_open() throws IOException {
            log = open(Configs.producerExpiration(1000));
            transact(PRODUCER, 0, 0, "a");
            log.deleteExpired(0, NOW + 600_000);

            assertThat(log.openTransaction(PRODUCER)).hasValue(0);
        }

        @Test
        void commit_offsets_without_sequences() throws IOException {
            ByteBuffer commit = BatchBuilder.transactionalBatch(
                    List.of(new BatchBuilder.KeyValue(Batches.bytes("k"), Batches.bytes("v"))), NOW, PRODUCER, (short)
                            2);
            log.append(commit.duplicate(), AppendOrigin.COORDINATOR, 0, NOW);
            log.append(commit.duplicate(), AppendOrigin.COORDINATOR, 0, NOW);

            assertThat(log.logEndOffset()).isEqualTo(2);
            assertThat(log.openTransaction(PRODUCER)).hasValue(0);
            assertThat(log.activeProducers())
                    .extracting(ProducerStatus::lastSequence)
                    .containsExactly(-1);
        }
    }
}
