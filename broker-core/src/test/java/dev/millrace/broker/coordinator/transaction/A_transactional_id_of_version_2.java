package dev.millrace.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.simulation.RecordedTicket;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What transaction.version 2 makes different (KIP-890): every end of a transaction raises the epoch. */
class A_transactional_id_of_version_2 {

    private static final String ID = "orders";
    private static final int TIMEOUT_MS = CoordinatorScene.TIMEOUT_MS;
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);
    private static final short LAST_EPOCH = Short.MAX_VALUE - 1;

    private final CoordinatorScene scene = new CoordinatorScene();
    private ProducerIdAndEpoch producer;

    @BeforeEach
    void upgraded() {
        scene.upgradeTo(TransactionVersions.EPOCH_BUMP);
        producer = scene.started(ID);
    }

    private static ProducerIdAndEpoch producer(long id, int epoch) {
        return new ProducerIdAndEpoch(id, (short) epoch);
    }

    private static ProducerIdAndEpoch newer(ProducerIdAndEpoch producer) {
        return producer(producer.id(), producer.epoch() + 1);
    }

    private static EndTransaction.Result refused(Errors error) {
        return EndTransaction.Result.of(error);
    }

    private EndTransaction.Result committed(ProducerIdAndEpoch by) {
        return scene.commit(ID, by).answer();
    }

    private EndTransaction.Result aborted(ProducerIdAndEpoch by) {
        return scene.abort(ID, by).answer();
    }

    @Nested
    class without_a_transaction {

        @Test
        void raises_the_epoch_of_a_producer_that_aborts_all_the_same() {
            assertThat(aborted(producer)).isEqualTo(EndTransaction.Result.of(newer(producer)));
            scene.deliverAll();

            assertThat(scene.status(ID)).isEqualTo("CompleteAbort");
            assertThat(scene.state(ID).startedMs()).isEqualTo(scene.loop.nowMs());
        }

        @Test
        void tells_the_retry_of_such_an_abort_the_same() {
            aborted(producer);
            scene.deliverAll();

            assertThat(aborted(producer)).isEqualTo(EndTransaction.Result.of(newer(producer)));
            assertThat(committed(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        }

        @Test
        void has_nothing_to_commit() {
            assertThat(committed(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
            assertThat(scene.status(ID)).isEqualTo("Empty");
        }

        @Test
        void refuses_whoever_it_does_not_stand_for() {
            assertThat(aborted(newer(producer))).isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(aborted(producer(17, 0))).isEqualTo(refused(Errors.INVALID_PRODUCER_ID_MAPPING));
            assertThat(scene.abort("", producer).answer()).isEqualTo(refused(Errors.INVALID_REQUEST));
            assertThat(scene.abort("payments", producer).answer())
                    .isEqualTo(refused(Errors.INVALID_PRODUCER_ID_MAPPING));
        }

        @Test
        void lets_no_producer_begin_one_that_it_does_not_stand_for() {
            assertThat(scene.add(ID, newer(producer), A).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.add(ID, producer(17, 0), A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(scene.add("payments", producer, A).answer()).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
            assertThat(scene.status(ID)).isEqualTo("Empty");
            assertThat(scene.status("payments")).isEqualTo("none");
        }

        @Test
        void takes_the_epoch_before_for_a_stranger_once_somebody_took_over() {
            ProducerIdAndEpoch next = scene.started(ID);

            assertThat(aborted(producer)).isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(scene.state(ID).producer().idAndEpoch()).isEqualTo(next);
        }
    }

    @Nested
    class with_an_ongoing_transaction {

        @BeforeEach
        void begun() {
            scene.add(ID, producer, A, B);
        }

        @Test
        void raises_the_epoch_when_it_commits() {
            assertThat(committed(producer)).isEqualTo(EndTransaction.Result.of(newer(producer)));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
            assertThat(scene.state(ID).producer().idAndEpoch()).isEqualTo(newer(producer));
        }

        @Test
        void raises_the_epoch_when_it_aborts() {
            assertThat(aborted(producer)).isEqualTo(EndTransaction.Result.of(newer(producer)));
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void tells_partitions_with_the_raised_epoch() {
            committed(producer);

            assertThat(scene.deliveries.peek().effect().marker())
                    .isEqualTo(new TransactionMarker(newer(producer), 0, true, TransactionVersions.EPOCH_BUMP));
        }

        @Test
        void tells_partitions_the_same_after_a_reload() {
            committed(producer);
            scene.reload();

            assertThat(scene.deliveries.peek().effect().marker())
                    .isEqualTo(new TransactionMarker(newer(producer), 1, true, TransactionVersions.EPOCH_BUMP));
        }

        @Test
        void refuses_the_next_epoch_before_it_is_given() {
            assertThat(committed(newer(producer))).isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void raises_the_epoch_once_for_a_producer_that_starts_over() {
            RecordedTicket<InitProducerId.Result> again = scene.init(ID, TIMEOUT_MS, producer);
            scene.deliverAll();

            assertThat(again.answer()).isEqualTo(InitProducerId.Result.of(newer(producer)));
        }

        @Test
        void raises_the_epoch_twice_for_a_producer_that_takes_over() {
            RecordedTicket<InitProducerId.Result> takeover = scene.init(ID);
            scene.deliverAll();

            assertThat(takeover.answer()).isEqualTo(InitProducerId.Result.of(newer(newer(producer))));
            assertThat(aborted(producer)).isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(aborted(newer(producer))).isEqualTo(refused(Errors.PRODUCER_FENCED));
        }
    }

    /** Features go down while transactions are open. */
    @Nested
    class with_a_transaction_from_before_a_downgrade {

        @BeforeEach
        void downgraded() {
            scene.add(ID, producer, A);
            scene.upgradeTo(TransactionVersions.FLEXIBLE_RECORDS);
        }

        private EndTransaction.Result committedByVersion2() {
            return scene.<EndTransaction.Result>submit(
                            ticket -> EndTransaction.of(ticket, ID, producer, true, TransactionVersions.EPOCH_BUMP))
                    .answer();
        }

        @Test
        void ends_it_as_its_client_began_it() {
            assertThat(committedByVersion2()).isEqualTo(EndTransaction.Result.of(newer(producer)));
            assertThat(scene.deliveries.peek().effect().marker().transactionVersion())
                    .isEqualTo(TransactionVersions.EPOCH_BUMP);

            scene.deliverAll();
            assertThat(committedByVersion2()).isEqualTo(EndTransaction.Result.of(newer(producer)));
        }

        @Test
        void lets_its_client_go_on_by_the_older_version() {
            ProducerIdAndEpoch next = committedByVersion2().producer();
            scene.deliverAll();

            assertThat(scene.add(ID, next, B).answer()).isEqualTo(Errors.NONE);
            assertThat(committed(next)).isEqualTo(EndTransaction.Result.of(next));
            assertThat(scene.deliveries.peek().effect().marker().producer()).isEqualTo(next);
        }

        @Test
        void lets_a_client_that_has_come_down_add_to_it_and_end_it_with_the_same_epoch() {
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.NONE);
            assertThat(committed(producer)).isEqualTo(EndTransaction.Result.of(producer));

            scene.deliverAll();
            assertThat(committed(producer)).isEqualTo(EndTransaction.Result.of(producer));
        }

        @Test
        void aborts_it_after_its_time_with_an_epoch_that_fences_its_client() {
            scene.loop.advance(TIMEOUT_MS);
            assertThat(scene.deliveries.peek().effect().marker().producer()).isEqualTo(newer(producer));
            scene.deliverAll();

            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(committed(producer)).isEqualTo(refused(Errors.PRODUCER_FENCED));
        }

        @Test
        void ends_it_after_a_reload_too() {
            scene.reload();

            assertThat(committedByVersion2()).isEqualTo(EndTransaction.Result.of(newer(producer)));
            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }
    }

    @Nested
    class whose_transaction_is_ending {

        @BeforeEach
        void committing() {
            scene.add(ID, producer, A);
            committed(producer);
        }

        @Test
        void asks_the_retry_to_come_back() {
            assertThat(committed(producer)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
            assertThat(aborted(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        }

        @Test
        void lets_the_next_transaction_wait() {
            RecordedTicket<Errors> next = scene.add(ID, newer(producer), B);
            assertThat(next.isOpen()).isTrue();

            scene.deliverAll();
            assertThat(next.answer()).isEqualTo(Errors.NONE);
            assertThat(scene.state(ID).partitions()).containsExactly(B);
        }

        @Test
        void lets_no_late_partition_into_the_transaction() {
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
        }

        @Test
        void asks_the_end_of_the_next_transaction_to_come_back() {
            assertThat(aborted(newer(producer))).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        }

        @Test
        void gives_the_producer_that_starts_over_the_epoch_that_it_was_not_told() {
            RecordedTicket<InitProducerId.Result> again = scene.init(ID, TIMEOUT_MS, producer);
            scene.deliverAll();

            assertThat(again.answer()).isEqualTo(InitProducerId.Result.of(newer(producer)));
        }
    }

    @Nested
    class whose_transaction_is_over {

        @BeforeEach
        void committed() {
            scene.add(ID, producer, A);
            scene.commit(ID, producer);
            scene.deliverAll();
        }

        @Test
        void tells_the_retry_of_the_end_the_same() {
            assertThat(A_transactional_id_of_version_2.this.committed(producer))
                    .isEqualTo(EndTransaction.Result.of(newer(producer)));
            assertThat(aborted(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        }

        @Test
        void tells_the_retry_of_the_end_the_same_after_a_reload() {
            scene.reload();

            assertThat(A_transactional_id_of_version_2.this.committed(producer))
                    .isEqualTo(EndTransaction.Result.of(newer(producer)));
        }

        @Test
        void lets_no_late_partition_begin_the_next_one() {
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void lets_no_late_end_touch_the_next_one() {
            scene.add(ID, newer(producer), B);

            assertThat(A_transactional_id_of_version_2.this.committed(producer))
                    .isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(aborted(producer)).isEqualTo(refused(Errors.PRODUCER_FENCED));
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void lets_no_late_end_touch_the_one_after_the_next() {
            scene.abort(ID, newer(producer));
            scene.deliverAll();

            assertThat(A_transactional_id_of_version_2.this.committed(producer))
                    .isEqualTo(refused(Errors.PRODUCER_FENCED));
        }

        @Test
        void can_be_told_of_an_abort_that_has_nothing_to_abort() {
            assertThat(aborted(newer(producer))).isEqualTo(EndTransaction.Result.of(newer(newer(producer))));
        }

        @Test
        void serves_a_client_that_does_not_speak_version_2_any_more() {
            scene.upgradeTo(TransactionVersions.FLEXIBLE_RECORDS);
            scene.add(ID, newer(producer), B);

            assertThat(A_transactional_id_of_version_2.this.committed(newer(producer)))
                    .isEqualTo(EndTransaction.Result.of(newer(producer)));
        }
    }

    @Nested
    class whose_transaction_lasts_too_long {

        @BeforeEach
        void timed_out() {
            scene.add(ID, producer, A);
            scene.loop.advance(TIMEOUT_MS);
        }

        @Test
        void aborts_with_the_next_epoch() {
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
            assertThat(scene.deliveries.peek().effect().marker())
                    .isEqualTo(new TransactionMarker(newer(producer), 0, false, TransactionVersions.EPOCH_BUMP));
        }

        @Test
        void lets_its_producer_go_on_once_it_has_aborted() {
            scene.deliverAll();

            assertThat(committed(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
            assertThat(scene.add(ID, producer, B).answer()).isEqualTo(Errors.PRODUCER_FENCED);
            assertThat(aborted(producer)).isEqualTo(EndTransaction.Result.of(newer(producer)));
        }
    }

    @Nested
    class whose_epochs_are_used_up {

        private final ProducerIdAndEpoch rotated = producer(4001, 0);

        @BeforeEach
        void exhausted() {
            while (producer.epoch() < LAST_EPOCH) {
                producer = scene.started(ID);
            }
            scene.add(ID, producer, A);
        }

        @Test
        void gives_a_new_producer_id_with_the_end() {
            assertThat(committed(producer)).isEqualTo(EndTransaction.Result.of(rotated));
            assertThat(scene.deliveries.peek().effect().marker().producer())
                    .isEqualTo(producer(producer.id(), Short.MAX_VALUE));

            scene.deliverAll();
            assertThat(scene.state(ID).producer().idAndEpoch()).isEqualTo(rotated);
            assertThat(scene.state(ID).producer().previousId()).isEqualTo(producer.id());
        }

        @Test
        void gives_the_same_id_to_the_retry() {
            committed(producer);
            scene.reload();
            scene.deliverAll();

            assertThat(committed(producer)).isEqualTo(EndTransaction.Result.of(rotated));
            assertThat(aborted(producer)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        }

        @Test
        void lets_the_new_producer_wait_while_the_old_ends() {
            committed(producer);
            RecordedTicket<Errors> next = scene.add(ID, rotated, B);
            assertThat(next.isOpen()).isTrue();
            assertThat(scene.verify(ID, rotated, B).answer()).isEqualTo(Map.of(B, Errors.CONCURRENT_TRANSACTIONS));
            assertThat(aborted(rotated)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));

            scene.deliverAll();
            assertThat(next.answer()).isEqualTo(Errors.NONE);
        }

        @Test
        void lets_the_new_producer_start_over_while_the_old_ends() {
            committed(producer);
            RecordedTicket<InitProducerId.Result> again = scene.init(ID, TIMEOUT_MS, rotated);
            scene.deliverAll();

            assertThat(again.answer()).isEqualTo(InitProducerId.Result.of(newer(rotated)));
        }

        @Test
        void gives_the_new_id_to_a_producer_that_starts_over_with_the_old() {
            committed(producer);
            scene.deliverAll();

            assertThat(scene.init(ID, TIMEOUT_MS, producer).answer()).isEqualTo(InitProducerId.Result.of(rotated));
        }

        @Test
        void changes_nothing_when_no_producer_id_can_be_had() {
            scene.runOutOfProducerIds(Errors.COORDINATOR_LOAD_IN_PROGRESS);

            assertThat(committed(producer)).isEqualTo(refused(Errors.COORDINATOR_LOAD_IN_PROGRESS));
            assertThat(scene.status(ID)).isEqualTo("Ongoing");
        }

        @Test
        void is_aborted_later_when_no_producer_id_can_be_had_in_time() {
            scene.runOutOfProducerIds(Errors.COORDINATOR_LOAD_IN_PROGRESS);
            scene.loop.advance(TIMEOUT_MS);
            assertThat(scene.status(ID)).isEqualTo("Ongoing");

            scene.runOutOfProducerIds(Errors.NONE);
            scene.loop.advance(1000);
            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
        }

        @Test
        void can_still_be_fenced() {
            RecordedTicket<InitProducerId.Result> takeover = scene.init(ID);
            assertThat(scene.deliveries.peek().effect().marker().producer())
                    .isEqualTo(producer(producer.id(), Short.MAX_VALUE));

            scene.deliverAll();
            assertThat(takeover.answer()).isEqualTo(InitProducerId.Result.of(newer(rotated)));
        }

        @Test
        void can_be_aborted_by_its_time() {
            scene.loop.advance(TIMEOUT_MS);
            scene.deliverAll();

            assertThat(scene.state(ID).producer().idAndEpoch()).isEqualTo(rotated);
            assertThat(aborted(producer)).isEqualTo(EndTransaction.Result.of(rotated));
        }
    }
}
