package dev.millrace.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.simulation.RecordedTicket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_transactional_id {

    private static final String ID = "orders";
    private static final int TIMEOUT_MS = CoordinatorScene.TIMEOUT_MS;
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);

    private final CoordinatorScene scene = new CoordinatorScene();

    private static ProducerIdAndEpoch producer(long id, int epoch) {
        return new ProducerIdAndEpoch(id, (short) epoch);
    }

    private static ProducerIdAndEpoch older(ProducerIdAndEpoch producer) {
        return producer(producer.id(), producer.epoch() - 1);
    }

    private static ProducerIdAndEpoch newer(ProducerIdAndEpoch producer) {
        return producer(producer.id(), producer.epoch() + 1);
    }

    /** A producer with the last epoch that a client may have. */
    private ProducerIdAndEpoch exhausted() {
        ProducerIdAndEpoch producer = scene.started(ID);
        while (producer.epoch() < Short.MAX_VALUE - 1) {
            producer = scene.started(ID);
        }
        return producer;
    }

    private Errors initError(String id, int timeoutMs, ProducerIdAndEpoch expected) {
        return scene.init(id, timeoutMs, expected).answer().error();
    }

    @Nested
    class that_is_new {

        @Test
        void gets_a_producer_id_with_epoch_0() {
            assertThat(scene.init(ID).answer()).isEqualTo(InitProducerId.Result.of(producer(4000, 0)));
            assertThat(scene.status(ID)).isEqualTo("Empty");
        }

        @Test
        void gets_an_id_of_its_own() {
            scene.init(ID);

            assertThat(scene.started("payments")).isEqualTo(producer(4001, 0));
        }

        @Test
        void gets_a_producer_id_even_for_a_producer_that_had_another_here_before() {
            assertThat(scene.init(ID, TIMEOUT_MS, producer(17, 3)).answer().producer())
                    .isEqualTo(producer(4000, 0));
        }

        @Test
        void is_refused_when_it_is_the_empty_string() {
            assertThat(initError("", TIMEOUT_MS, null)).isEqualTo(Errors.INVALID_REQUEST);
        }

        @Test
        void is_refused_a_timeout_beyond_transaction_max_timeout_ms() {
            assertThat(initError(ID, 900_001, null)).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
            assertThat(initError(ID, 900_000, null)).isEqualTo(Errors.NONE);
        }

        @Test
        void is_refused_a_timeout_that_is_not_positive() {
            assertThat(initError(ID, 0, null)).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
            assertThat(initError(ID, -1, null)).isEqualTo(Errors.INVALID_TRANSACTION_TIMEOUT);
        }

        @Test
        void is_told_when_no_producer_id_can_be_had() {
            scene.runOutOfProducerIds(Errors.COORDINATOR_LOAD_IN_PROGRESS);

            assertThat(initError(ID, TIMEOUT_MS, null)).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
            assertThat(scene.status(ID)).isEqualTo("none");
        }

        @Test
        void is_answered_only_once_that_is_committed() {
            scene.partition.holdHighWatermark();
            RecordedTicket<InitProducerId.Result> ticket = scene.init(ID);
            assertThat(ticket.isOpen()).isTrue();

            scene.commitLog();
            assertThat(ticket.answer().error()).isEqualTo(Errors.NONE);
        }

        @Test
        void is_unknown_to_every_other_request() {
            assertThat(scene.add(ID, producer(1, 0), A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(scene.commit(ID, producer(1, 0)).answer().error()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(scene.verify(ID, producer(1, 0), A).answer())
                    .isEqualTo(Map.of(A, Errors.INVALID_PRODUCER_ID_MAPPING));
            assertThat(scene.describe(ID).errorCode()).isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        }

        @Test
        void is_refused_by_every_request_when_it_is_the_empty_string() {
            assertThat(scene.add("", producer(1, 0), A).answer()).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(scene.abort("", producer(1, 0)).answer().error()).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(scene.verify("", producer(1, 0), A).answer()).isEqualTo(Map.of(A, Errors.INVALID_REQUEST));
            assertThat(scene.describe("").errorCode()).isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Nested
    class without_a_transaction {

        private ProducerIdAndEpoch producer;

        @BeforeEach
        void initialised() {
            producer = scene.started(ID);
        }

        @Test
        void raises_the_epoch_for_a_producer_that_takes_over() {
            assertThat(scene.started(ID)).isEqualTo(newer(producer));
        }

        @Test
        void takes_over_the_timeout_of_the_latest_producer() {
            scene.init(ID, 5000, null);

            assertThat(scene.state(ID).producer().timeoutMs()).isEqualTo(5000);
        }

        @Test
        void fences_the_producer_that_was_taken_over() {
            ProducerIdAndEpoch next = scene.started(ID);

            assertThat(scene.add(ID, producer, A).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.add(ID, next, A).answer()).isEqualTo(Errors.NONE);
        }

        @Test
        void refuses_an_epoch_that_nobody_was_given() {
            assertThat(scene.add(ID, newer(producer), A).answer()).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void refuses_a_producer_id_of_somebody_else() {
            assertThat(scene.add(ID, producer(1, 0), A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        }

        @Test
        void raises_the_epoch_for_a_producer_that_goes_on_after_an_error() {
            assertThat(scene.init(ID, TIMEOUT_MS, producer).answer().producer()).isEqualTo(newer(producer));
        }

        @Test
        void gives_the_same_epoch_to_the_retry_of_a_producer_that_goes_on() {
            scene.init(ID, TIMEOUT_MS, producer);

            assertThat(scene.init(ID, TIMEOUT_MS, producer).answer().producer()).isEqualTo(newer(producer));
        }

        @Test
        void fences_a_producer_that_wants_to_go_on_after_it_was_taken_over() {
            scene.started(ID);

            assertThat(initError(ID, TIMEOUT_MS, producer)).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void fences_a_producer_that_wants_to_go_on_with_another_id() {
            assertThat(initError(ID, TIMEOUT_MS, producer(17, 0))).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void begins_a_transaction_with_its_first_partition() {
            assertThat(scene.add(ID, producer, A).answer()).isEqualTo(Errors.NONE);

            assertThat(scene.status(ID)).isEqualTo("Ongoing");
            assertThat(scene.state(ID).partitions()).containsExactly(A);
            assertThat(scene.state(ID).startedMs()).isEqualTo(scene.loop.nowMs());
        }

        @Test
        void has_nothing_to_end() {
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }

        @Test
        void knows_of_no_partition_to_verify() {
            assertThat(scene.verify(ID, producer, A).answer()).isEqualTo(Map.of(A, Errors.TRANSACTION_ABORTABLE));
        }

        @Test
        void is_what_it_was_after_a_reload() {
            TransactionState before = scene.state(ID);
            scene.reload();

            assertThat(scene.state(ID)).isEqualTo(before);
            assertThat(scene.add(ID, producer, A).answer()).isEqualTo(Errors.NONE);
        }
    }

    @Nested
    class with_an_ongoing_transaction {

        private ProducerIdAndEpoch producer;
        private long startedMs;

        @BeforeEach
        void begun() {
            producer = scene.started(ID);
            startedMs = scene.loop.nowMs();
            scene.add(ID, producer, A);
            scene.loop.advance(10);
        }

        @Test
        void grows_by_more_partitions() {
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.NONE);

            assertThat(scene.state(ID).partitions()).containsExactly(A, B);
            assertThat(scene.state(ID).startedMs()).isEqualTo(startedMs);
        }

        @Test
        void writes_nothing_for_partitions_that_it_has() {
            long end = scene.partition.logEndOffset();

            assertThat(scene.add(ID, producer, A).answer()).isEqualTo(Errors.NONE);
            assertThat(scene.partition.logEndOffset()).isEqualTo(end);
        }

        @Test
        void verifies_each_partition_by_itself() {
            assertThat(scene.verify(ID, producer, A, B).answer())
                    .isEqualTo(Map.of(A, Errors.NONE, B, Errors.TRANSACTION_ABORTABLE));
        }

        @Test
        void verifies_nothing_for_a_fenced_producer() {
            assertThat(scene.verify(ID, older(producer), A).answer()).isEqualTo(Map.of(A, Errors.PRODUCER_FENCED));
        }

        @Test
        void commits() {
            assertThat(scene.commit(ID, producer).answer()).isEqualTo(EndTransaction.Result.of(producer));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void aborts() {
            assertThat(scene.abort(ID, producer).answer()).isEqualTo(EndTransaction.Result.of(producer));
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteAbort");
        }

        @Test
        void tells_nobody_of_its_end_before_that_is_committed() {
            scene.partition.holdHighWatermark();
            RecordedTicket<EndTransaction.Result> ticket = scene.commit(ID, producer);
            assertThat(ticket.isOpen()).isTrue();
            assertThat(scene.deliveries).isEmpty();

            scene.commitLog();
            assertThat(ticket.answer().error()).isEqualTo(Errors.NONE);
            assertThat(scene.deliveries).hasSize(1);
        }

        @Test
        void goes_on_when_its_end_could_not_be_written() {
            scene.partition.refuseAppends(new NotEnoughReplicasException("one of two"));
            assertThat(scene.commit(ID, producer).error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            scene.partition.mend();

            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.NONE);
        }

        @Test
        void is_neither_grown_nor_ended_by_a_fenced_producer() {
            assertThat(scene.add(ID, older(producer), B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.commit(ID, older(producer)).answer().error()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.abort(ID, newer(producer)).answer().error()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.commit(ID, producer(1, 0)).answer().error()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void is_aborted_when_another_producer_takes_over() {
            RecordedTicket<InitProducerId.Result> ticket = scene.init(ID);

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
            assertThat(scene.deliveries.peek().effect().marker())
                    .isEqualTo(new TransactionMarker(newer(producer), 0, false, (short) 0));
            assertThat(ticket.isOpen()).isTrue();
        }

        @Test
        void lets_the_producer_that_takes_over_wait_for_the_abort() {
            RecordedTicket<InitProducerId.Result> ticket = scene.init(ID);
            scene.deliverAll();

            // One epoch more than the abort's own, which is nobody's.
            assertThat(ticket.answer().producer()).isEqualTo(newer(newer(producer)));
            assertThat(scene.status(ID)).isEqualTo("Empty");
        }

        @Test
        void fences_its_producer_from_when_another_takes_over() {
            scene.init(ID);

            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void is_not_aborted_by_a_producer_that_is_fenced_itself() {
            assertThat(initError(ID, TIMEOUT_MS, older(producer))).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(initError(ID, TIMEOUT_MS, producer(17, 0))).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void is_aborted_when_its_own_producer_starts_over() {
            scene.init(ID, TIMEOUT_MS, producer);

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void goes_on_after_a_reload() {
            TransactionState before = scene.state(ID);
            scene.reload();
            assertThat(scene.state(ID)).isEqualTo(before);

            scene.commit(ID, producer);
            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void is_described() {
            var description = scene.describe(ID);

            assertThat(description.errorCode()).isZero();
            assertThat(description.transactionState()).isEqualTo("Ongoing");
            assertThat(description.producerId()).isEqualTo(producer.id());
            assertThat(description.producerEpoch()).isEqualTo(producer.epoch());
            assertThat(description.transactionTimeoutMs()).isEqualTo(TIMEOUT_MS);
            assertThat(description.transactionStartTimeMs()).isEqualTo(startedMs);
            assertThat(description.topics().find("a").partitions()).containsExactly(0);
        }
    }

    @Nested
    class whose_transaction_is_ending {

        private ProducerIdAndEpoch producer;

        private void committing() {
            producer = scene.started(ID);
            scene.add(ID, producer, A, B);
            scene.commit(ID, producer);
        }

        private void aborting() {
            producer = scene.started(ID);
            scene.add(ID, producer, A, B);
            scene.abort(ID, producer);
        }

        @Test
        void lets_nobody_overtake_who_waits_for_the_end() {
            committing();
            RecordedTicket<InitProducerId.Result> first = scene.init(ID);
            scene.deliveries.remove().answer(Errors.NONE);
            RecordedTicket<InitProducerId.Result> repeated = scene.init(ID);

            assertThat(first.answer().producer().epoch()).isEqualTo((short) 1);
            assertThat(repeated.answer().producer().epoch()).isEqualTo((short) 2);
        }

        @Test
        void sends_away_who_has_waited_when_the_log_refuses_then() {
            committing();
            RecordedTicket<InitProducerId.Result> waiting = scene.init(ID);
            scene.partition.onAppended(() -> scene.partition.refuseAppends(new NotEnoughReplicasException("too few")));
            scene.deliverAll();

            assertThat(waiting.error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");

            scene.partition.onAppended(() -> {});
            scene.partition.mend();
            scene.loop.advance(60_000);

            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void asks_the_retry_of_the_same_end_to_come_back() {
            committing();

            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        }

        @Test
        void ends_one_way_only() {
            committing();
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);

            scene.deliverAll();
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.NONE);
        }

        @Test
        void ends_one_way_only_when_it_aborts() {
            aborting();
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);

            scene.deliverAll();
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.NONE);
        }

        @Test
        void lets_the_next_transaction_wait_until_this_one_is_over() {
            committing();
            RecordedTicket<Errors> next = scene.add(ID, producer, A);
            assertThat(next.isOpen()).isTrue();

            scene.deliverAll();
            assertThat(next.answer()).isEqualTo(Errors.NONE);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
            assertThat(scene.state(ID).partitions()).containsExactly(A);
        }

        @Test
        void lets_a_producer_that_takes_over_wait_until_this_one_is_over() {
            committing();
            RecordedTicket<InitProducerId.Result> next = scene.init(ID);
            assertThat(next.isOpen()).isTrue();

            scene.deliverAll();
            assertThat(next.answer().producer()).isEqualTo(newer(producer));
        }

        @Test
        void decides_those_who_waited_in_their_order() {
            committing();
            RecordedTicket<InitProducerId.Result> takeover = scene.init(ID);
            RecordedTicket<Errors> late = scene.add(ID, producer, A);
            scene.deliverAll();

            assertThat(takeover.answer().error()).isEqualTo(Errors.NONE);
            assertThat(late.answer()).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void lets_nobody_wait_for_long() {
            committing();
            RecordedTicket<Errors> next = scene.add(ID, producer, A);
            RecordedTicket<InitProducerId.Result> takeover = scene.init(ID);
            scene.loop.advance(Parking.PARKED_MS_MAX);

            assertThat(next.answer()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
            assertThat(takeover.answer().error()).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");
        }

        @Test
        void lets_only_so_many_wait() {
            committing();
            for (int i = 0; i < Parking.PARKED_MAX; i++) {
                assertThat(scene.init(ID).isOpen()).isTrue();
            }

            assertThat(initError(ID, TIMEOUT_MS, null)).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        }

        @Test
        void fences_a_producer_without_letting_it_wait() {
            committing();

            assertThat(scene.add(ID, older(producer), A).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(initError(ID, TIMEOUT_MS, producer(17, 0))).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void verifies_no_partition() {
            committing();

            assertThat(scene.verify(ID, producer, A).answer()).isEqualTo(Map.of(A, Errors.CONCURRENT_TRANSACTIONS));
        }

        @Test
        void fails_those_who_wait_when_the_coordinator_moves() {
            committing();
            RecordedTicket<Errors> next = scene.add(ID, producer, A);
            scene.resign();

            assertThat(next.error()).isEqualTo(Errors.NOT_COORDINATOR);
        }
    }

    @Nested
    class whose_transaction_is_over {

        private ProducerIdAndEpoch producer;

        @BeforeEach
        void committed() {
            producer = scene.started(ID);
            scene.add(ID, producer, A, B);
            scene.commit(ID, producer);
            scene.deliverAll();
        }

        @Test
        void has_no_partitions_any_more() {
            assertThat(scene.state(ID).partitions()).isEmpty();
            assertThat(scene.verify(ID, producer, A).answer()).isEqualTo(Map.of(A, Errors.TRANSACTION_ABORTABLE));
        }

        @Test
        void begins_the_next_one_with_the_same_epoch() {
            scene.loop.advance(500);
            scene.add(ID, producer, B);

            assertThat(scene.state(ID))
                    .isInstanceOf(TransactionState.Ongoing.class)
                    .returns(scene.loop.nowMs(), TransactionState::startedMs);
        }

        @Test
        void raises_the_epoch_for_a_producer_that_takes_over() {
            assertThat(scene.started(ID)).isEqualTo(newer(producer));
            assertThat(scene.status(ID)).isEqualTo("Empty");
        }

        @Test
        void is_over_after_a_reload_too() {
            scene.reload();

            assertThat(scene.deliveries).isEmpty();
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.NONE);
            assertThat(scene.abort(ID, producer).answer().error()).isEqualTo(Errors.INVALID_TXN_STATE);
        }
    }

    @Nested
    class whose_transaction_lasts_too_long {

        private ProducerIdAndEpoch producer;

        @BeforeEach
        void begun() {
            producer = scene.started(ID);
            scene.add(ID, producer, A);
        }

        @Test
        void stays_until_the_timeout_has_passed() {
            scene.loop.advance(TIMEOUT_MS - 1);

            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void aborts_with_an_epoch_that_fences_the_producer() {
            scene.loop.advance(TIMEOUT_MS);

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
            assertThat(scene.deliveries.peek().effect().marker())
                    .isEqualTo(new TransactionMarker(newer(producer), 0, false, (short) 0));
            assertThat(scene.commit(ID, producer).answer().error()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void fences_the_producer_when_it_wants_to_go_on() {
            scene.loop.advance(TIMEOUT_MS);
            scene.deliverAll();

            assertThat(initError(ID, TIMEOUT_MS, producer)).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.started(ID)).isEqualTo(newer(newer(producer)));
        }

        @Test
        void is_not_prolonged_by_more_partitions() {
            scene.loop.advance(TIMEOUT_MS - 1);
            scene.add(ID, producer, B);
            scene.loop.advance(1);

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void leaves_the_next_transaction_its_own_time() {
            scene.loop.advance(TIMEOUT_MS - 1);
            scene.commit(ID, producer);
            scene.deliverAll();
            scene.add(ID, producer, B);
            scene.loop.advance(TIMEOUT_MS - 1);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");

            scene.loop.advance(1);
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void is_aborted_by_the_coordinator_that_loads_it_after_its_time() {
            scene.resign();
            scene.loop.advance(2 * TIMEOUT_MS);
            scene.elect(1);

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void is_aborted_later_when_that_can_not_be_written_now() {
            scene.partition.refuseAppends(new NotEnoughReplicasException("one of two"));
            scene.loop.advance(TIMEOUT_MS);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");

            scene.partition.mend();
            scene.loop.advance(1000);
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void may_last_for_ever_as_far_as_the_clock_goes() {
            CoordinatorScene patient =
                    new CoordinatorScene(new TransactionConfig(Integer.MAX_VALUE, Long.MAX_VALUE, 3_600_000));
            ProducerIdAndEpoch slow =
                    patient.init(ID, Integer.MAX_VALUE, null).answer().producer();
            patient.add(ID, slow, A);
            patient.loop.advance(TIMEOUT_MS);

            assertThat(patient.status(ID)).isEqualTo("Ongoing");
        }
    }

    @Nested
    class whose_epochs_are_used_up {

        private ProducerIdAndEpoch producer;

        @BeforeEach
        void exhausted() {
            producer = A_transactional_id.this.exhausted();
        }

        @Test
        void gets_a_new_producer_id() {
            assertThat(scene.started(ID)).isEqualTo(producer(4001, 0));
            assertThat(scene.add(ID, producer, A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        }

        @Test
        void gives_a_new_producer_id_to_a_producer_that_goes_on() {
            assertThat(scene.init(ID, TIMEOUT_MS, producer).answer().producer()).isEqualTo(producer(4001, 0));
        }

        @Test
        void gives_the_same_to_the_retry_of_a_producer_that_goes_on() {
            scene.init(ID, TIMEOUT_MS, producer);

            assertThat(scene.init(ID, TIMEOUT_MS, producer).answer().producer()).isEqualTo(producer(4001, 0));
        }

        @Test
        void fences_a_producer_that_wants_to_go_on_after_it_was_taken_over() {
            scene.started(ID);

            assertThat(initError(ID, TIMEOUT_MS, producer)).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void gives_the_last_epoch_again_to_the_retry_that_got_it() {
            CoordinatorScene fresh = new CoordinatorScene();
            ProducerIdAndEpoch last = fresh.started(ID);
            while (last.epoch() < Short.MAX_VALUE - 2) {
                last = fresh.started(ID);
            }
            fresh.init(ID, TIMEOUT_MS, last);

            assertThat(fresh.init(ID, TIMEOUT_MS, last).answer().producer()).isEqualTo(newer(last));
        }

        @Test
        void can_still_be_fenced() {
            scene.add(ID, producer, A);
            RecordedTicket<InitProducerId.Result> takeover = scene.init(ID);
            assertThat(scene.deliveries.peek().effect().marker().producer()).isEqualTo(producer(4000, Short.MAX_VALUE));

            scene.deliverAll();
            assertThat(takeover.answer().producer()).isEqualTo(producer(4001, 0));
        }
    }

    @Nested
    class that_nobody_uses {

        private final TransactionConfig config = new TransactionConfig(900_000, 7_000_000, 1_000_000);
        private final CoordinatorScene idle = new CoordinatorScene(config);

        @Test
        void is_forgotten() {
            idle.started(ID);
            idle.loop.advance(7_000_000);

            assertThat(idle.status(ID)).isEqualTo("none");
            assertThat(idle.describe(ID).errorCode()).isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        }

        @Test
        void is_forgotten_after_its_last_transaction_too() {
            ProducerIdAndEpoch producer = idle.started(ID);
            idle.add(ID, producer, A);
            idle.loop.advance(20_000);
            idle.abort(ID, producer);
            idle.deliverAll();
            idle.loop.advance(7_000_000);
            assertThat(idle.status(ID)).isEqualTo("CompleteAbort");

            idle.loop.advance(1_000_000);
            assertThat(idle.status(ID)).isEqualTo("none");
        }

        @Test
        void stays_as_long_as_its_transaction_ends() {
            ProducerIdAndEpoch producer = idle.started(ID);
            idle.add(ID, producer, A);
            idle.commit(ID, producer);
            idle.loop.advance(20_000_000);

            assertThat(idle.status(ID)).isEqualTo("PrepareCommit");
        }

        @Test
        void stays_forgotten_after_a_reload() {
            idle.started(ID);
            idle.loop.advance(7_000_000);
            idle.reload();

            assertThat(idle.status(ID)).isEqualTo("none");
        }

        @Test
        void is_forgotten_after_a_reload_as_well() {
            idle.started(ID);
            idle.reload();
            idle.loop.advance(7_000_000);

            assertThat(idle.status(ID)).isEqualTo("none");
        }

        @Test
        void goes_in_bounded_portions_with_many_others() {
            for (int i = 0; i < Expiration.EXPIRED_MAX + 1; i++) {
                idle.started("id-" + i);
            }
            idle.loop.advance(7_000_000);

            assertThat(idle.partition.batches())
                    .allSatisfy(batch -> assertThat(batch.records()).hasSizeLessThanOrEqualTo(Expiration.EXPIRED_MAX));
            assertThat(idle.status("id-0")).isEqualTo("none");
            assertThat(idle.status("id-" + Expiration.EXPIRED_MAX)).isEqualTo("none");
        }

        @Test
        void begins_anew_when_it_is_used_again() {
            ProducerIdAndEpoch before = idle.started(ID);
            idle.loop.advance(7_000_000);

            assertThat(idle.started(ID)).isEqualTo(producer(before.id() + 1, 0));
            assertThat(idle.add(ID, before, A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
    }

    @Nested
    class is_listed {

        private ProducerIdAndEpoch orders;
        private ProducerIdAndEpoch payments;

        @BeforeEach
        void with_others() {
            orders = scene.started("orders");
            payments = scene.started("payments");
            scene.add("payments", payments, A);
            scene.loop.advance(100);
        }

        private List<String> listed(Set<Long> producerIds, Set<TransactionStatus> statuses, long longerThanMs) {
            RecordedTicket<List<ListTransactionsResponseData.TransactionState>> ticket = scene.submit(
                    t -> new ListTransactions(t, new ListTransactions.Filter(producerIds, statuses, longerThanMs)));
            return ticket.answer().stream()
                    .map(state -> state.transactionalId() + " " + state.producerId() + " " + state.transactionState())
                    .toList();
        }

        @Test
        void with_all_others_when_nothing_is_filtered() {
            assertThat(listed(Set.of(), null, -1))
                    .containsExactlyInAnyOrder(
                            "orders " + orders.id() + " Empty", "payments " + payments.id() + " Ongoing");
        }

        @Test
        void by_its_producer_id() {
            assertThat(listed(Set.of(orders.id()), null, -1)).containsExactly("orders " + orders.id() + " Empty");
        }

        @Test
        void by_its_state() {
            assertThat(listed(Set.of(), Set.of(TransactionStatus.ONGOING), -1))
                    .containsExactly("payments " + payments.id() + " Ongoing");
        }

        @Test
        void in_no_state_that_nobody_knows() {
            assertThat(listed(Set.of(), Set.of(), -1)).isEmpty();
        }

        @Test
        void by_how_long_its_transaction_lasts() {
            assertThat(listed(Set.of(payments.id()), null, 99)).hasSize(1);
            assertThat(listed(Set.of(payments.id()), null, 100)).isEmpty();
        }
    }

    @Test
    void has_states_that_tools_can_name() {
        assertThat(TransactionStatus.ofTitle("PrepareEpochFence")).contains(TransactionStatus.PREPARE_EPOCH_FENCE);
        assertThat(TransactionStatus.ofTitle("prepareepochfence")).isEmpty();
        assertThat(TransactionStatus.ofCode((byte) 8)).isEmpty();
        assertThat(TransactionStatus.ofCode((byte) -1)).isEmpty();
    }

    @Test
    void is_configured_as_in_Kafka_unless_told_otherwise() {
        assertThat(TransactionConfig.DEFAULT).isEqualTo(new TransactionConfig(900_000, 604_800_000L, 3_600_000L));
    }
}
