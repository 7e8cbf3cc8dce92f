package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** KIP-890: on a partition, whose coordinator must know of it before anything of it is written. */
class A_transaction_that_begins {

    private static final long ID = 7;
    private static final boolean RAISES_EPOCH = true;
    private static final boolean KEEPS_EPOCH = false;

    private LedPartition led;

    @BeforeEach
    void leading() throws IOException {
        led = LedPartition.alone();
    }

    private static TransactionalBatch batch(int epoch, int sequence) {
        return new TransactionalBatch(ID, (short) epoch, sequence);
    }

    private RecordedTicket<AppendResult> append(int epoch, int sequence) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        led.partition
                .writes()
                .append(
                        Batches.transactional(led.loop.nowMs(), ID, (short) epoch, sequence, "a"),
                        (short) -1,
                        1000,
                        ticket);
        return ticket;
    }

    private Verification ask(int epoch, int sequence, boolean raisesEpoch) {
        return led.partition.writes().awaitVerification(batch(epoch, sequence), raisesEpoch, new RecordedTicket<>());
    }

    private void end(int epoch, boolean raisesEpoch) {
        led.partition.writes().endTransaction(ID, (short) epoch, 0, true, raisesEpoch);
    }

    @Nested
    class unverified {

        @Test
        void is_not_written() {
            assertThat(led.partition.writes().needsVerification(batch(0, 0), RAISES_EPOCH))
                    .isTrue();
            assertThat(append(0, 0).error()).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(led.partition.logEndOffset()).isZero();
        }

        @Test
        void is_not_written_by_a_coordinator_either() {
            var offsets = List.of(new BatchBuilder.KeyValue(new byte[] {1}, new byte[] {2}));

            assertThatThrownBy(() -> led.partition
                            .writes()
                            .appendOwn(BatchBuilder.transactionalBatch(offsets, led.loop.nowMs(), ID, (short) 0), 0))
                    .isInstanceOf(InvalidTxnStateException.class);
        }

        @Test
        void is_not_written_as_long_as_the_coordinator_is_asked() {
            ask(0, 0, RAISES_EPOCH);

            assertThat(append(0, 0).error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void is_written_where_nothing_is_verified_for_older_producers() throws IOException {
            led = LedPartition.alone(Map.of());
            led.verifyNothing();

            assertThat(led.partition.writes().needsVerification(batch(0, 0), KEEPS_EPOCH))
                    .isFalse();
            assertThat(led.partition.writes().needsVerification(batch(0, 0), RAISES_EPOCH))
                    .isTrue();
            assertThat(append(0, 0).answer().baseOffset()).isZero();
        }
    }

    @Nested
    class being_verified {

        @Test
        void has_one_question_asked_for_all_its_batches() {
            assertThat(ask(0, 0, RAISES_EPOCH)).isNotNull();
            assertThat(ask(0, 1, RAISES_EPOCH)).isNull();
        }

        @Test
        void tells_those_who_wait_in_their_order() {
            RecordedTicket<Verification> first = new RecordedTicket<>();
            RecordedTicket<Verification> second = new RecordedTicket<>();
            first.whenAnswered(granted -> {
                assertThat(second.isOpen()).isTrue();
                assertThat(append(0, 0).answer().baseOffset()).isZero();
            });
            second.whenAnswered(
                    granted -> assertThat(append(0, 1).answer().baseOffset()).isEqualTo(1));
            Verification question = led.partition.writes().awaitVerification(batch(0, 0), RAISES_EPOCH, first);
            led.partition.writes().awaitVerification(batch(0, 1), RAISES_EPOCH, second);
            led.partition.writes().verified(question);

            assertThat(first.isOpen()).isFalse();
            assertThat(second.isOpen()).isFalse();
            assertThat(led.partition.logEndOffset()).isEqualTo(2);
        }

        @Test
        void fails_all_that_wait_when_the_coordinator_says_no() {
            RecordedTicket<Verification> first = new RecordedTicket<>();
            RecordedTicket<Verification> second = new RecordedTicket<>();
            Verification question = led.partition.writes().awaitVerification(batch(0, 0), RAISES_EPOCH, first);
            led.partition.writes().awaitVerification(batch(0, 1), RAISES_EPOCH, second);
            led.partition.writes().notVerified(question, new TransactionAbortableException("not enrolled"));

            assertThat(first.error()).isEqualTo(Errors.TRANSACTION_ABORTABLE);
            assertThat(second.error()).isEqualTo(Errors.TRANSACTION_ABORTABLE);
        }

        @Test
        void is_a_question_of_its_own_for_another_epoch() {
            ask(0, 0, RAISES_EPOCH);

            assertThat(ask(1, 0, RAISES_EPOCH)).isNotNull();
        }

        @Test
        void is_void_when_a_marker_comes_first() {
            Verification question = ask(0, 0, KEEPS_EPOCH);
            end(0, KEEPS_EPOCH);
            led.partition.writes().verified(question);

            assertThat(append(0, 0).error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void outlives_the_marker_of_the_transaction_before_where_each_has_an_epoch_of_its_own() {
            Verification question = ask(1, 0, RAISES_EPOCH);
            end(1, RAISES_EPOCH);
            led.partition.writes().verified(question);

            assertThat(append(1, 0).answer().baseOffset()).isEqualTo(1);
        }

        @Test
        void is_void_when_a_marker_fences_it() {
            Verification question = ask(1, 0, RAISES_EPOCH);
            end(2, RAISES_EPOCH);
            led.partition.writes().verified(question);

            assertThat(append(1, 0).error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void is_over_when_the_leadership_is() {
            Verification question = ask(0, 0, RAISES_EPOCH);
            led.partition.onImage(LedPartition.image(1, List.of(1)), led.config());
            led.partition.writes().verified(question);

            assertThat(append(0, 0).error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void sends_those_who_wait_to_the_next_leader_when_the_leadership_is_over() {
            RecordedTicket<Verification> first = new RecordedTicket<>();
            Verification question = led.partition.writes().awaitVerification(batch(0, 0), RAISES_EPOCH, first);
            led.partition.onImage(LedPartition.image(1, List.of(1)), led.config());

            assertThat(first.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);

            led.partition.writes().verified(question);
            led.partition.writes().verified(ask(0, 0, RAISES_EPOCH));

            assertThat(first.closedTimes()).isEqualTo(1);
            assertThat(append(0, 0).answer().baseOffset()).isZero();
        }

        @Test
        void lets_no_later_batch_overtake_one_that_came_when_the_leadership_ended() {
            ask(0, 0, KEEPS_EPOCH);
            led.partition.onImage(LedPartition.image(1, List.of(1)), led.config());
            led.partition.writes().verified(ask(0, 1, KEEPS_EPOCH));

            assertThat(append(0, 1).error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(append(0, 0).answer().baseOffset()).isZero();
        }

        @Test
        void is_not_begun_by_what_was_sent_once_more_and_comes_late() {
            led.partition.writes().verified(ask(0, 0, KEEPS_EPOCH));
            append(0, 0).answer();
            end(0, KEEPS_EPOCH);
            led.partition.writes().verified(ask(0, 1, KEEPS_EPOCH));

            assertThat(append(0, 0).answer().duplicate()).isTrue();
            assertThat(append(0, 1).answer().baseOffset()).isEqualTo(2);
        }

        @Test
        void begins_after_what_was_sent_once_more_and_comes_late() {
            led.partition.writes().verified(ask(0, 0, KEEPS_EPOCH));
            append(0, 0).answer();
            end(0, KEEPS_EPOCH);
            Verification late = ask(0, 0, KEEPS_EPOCH);
            led.partition.writes().notVerified(late, new NotEnoughReplicasException("still ending"));

            led.partition.writes().verified(ask(0, 1, KEEPS_EPOCH));

            assertThat(append(0, 1).answer().baseOffset()).isEqualTo(2);
        }

        @Test
        void lets_no_later_batch_overtake_one_that_could_not_be_verified() {
            Verification question = ask(0, 0, KEEPS_EPOCH);
            led.partition.writes().notVerified(question, new NotEnoughReplicasException("no coordinator"));
            led.partition.writes().verified(ask(0, 1, KEEPS_EPOCH));

            assertThat(append(0, 1).error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(append(0, 0).answer().baseOffset()).isZero();
            assertThat(append(0, 1).answer().baseOffset()).isEqualTo(1);
        }

        @Test
        void begins_with_sequence_0_where_nothing_is_known_of_its_producer() {
            led.partition.writes().verified(ask(0, 3, RAISES_EPOCH));

            assertThat(append(0, 3).error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }

        @Test
        void begins_anywhere_for_older_producers_whose_earlier_records_may_be_deleted() {
            led.partition.writes().verified(ask(0, 3, KEEPS_EPOCH));

            assertThat(append(0, 3).answer().baseOffset()).isZero();
        }

        @Test
        void is_forgotten_rather_than_kept_without_bound() {
            for (int epoch = 0; epoch <= Verifications.KEPT_MAX; epoch++) {
                led.partition.writes().verified(ask(epoch, 0, RAISES_EPOCH));
            }

            assertThat(led.partition.writes().needsVerification(batch(0, 0), RAISES_EPOCH))
                    .isTrue();
            assertThat(led.partition.writes().needsVerification(batch(1, 0), RAISES_EPOCH))
                    .isFalse();
        }
    }

    @Nested
    class verified {

        @BeforeEach
        void verified() {
            led.partition.writes().verified(ask(1, 0, RAISES_EPOCH));
        }

        @Test
        void need_not_be_verified_again() {
            assertThat(led.partition.writes().needsVerification(batch(1, 0), RAISES_EPOCH))
                    .isFalse();

            append(1, 0);
            assertThat(led.partition.writes().needsVerification(batch(1, 1), RAISES_EPOCH))
                    .isFalse();
        }

        @Test
        void is_another_than_that_of_an_older_or_newer_epoch() {
            append(1, 0);

            assertThat(led.partition.writes().needsVerification(batch(0, 1), RAISES_EPOCH))
                    .isTrue();
            assertThat(led.partition.writes().needsVerification(batch(2, 0), RAISES_EPOCH))
                    .isTrue();
        }

        @Test
        void is_over_with_its_marker() {
            append(1, 0);
            end(2, RAISES_EPOCH);

            assertThat(led.partition.writes().needsVerification(batch(1, 1), RAISES_EPOCH))
                    .isTrue();
            assertThat(append(1, 1).error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void is_not_ended_by_the_late_marker_of_the_one_before() {
            append(1, 0);

            assertThatThrownBy(() -> end(1, RAISES_EPOCH))
                    .isInstanceOf(org.apache.kafka.common.errors.InvalidProducerEpochException.class);
            assertThat(append(1, 1).answer().baseOffset()).isEqualTo(1);
        }

        @Test
        void takes_its_own_marker_twice() {
            append(1, 0);
            end(2, RAISES_EPOCH);
            end(2, RAISES_EPOCH);

            assertThat(led.partition.logEndOffset()).isEqualTo(3);
        }
    }
}
