package dev.millrace.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class The_markers_of_a_transaction {

    private static final String ID = "orders";
    private static final TopicPartition A = new TopicPartition("a", 0);
    private static final TopicPartition B = new TopicPartition("b", 1);

    private final CoordinatorScene scene = new CoordinatorScene();
    private ProducerIdAndEpoch producer;

    @BeforeEach
    void begun() {
        producer = scene.started(ID);
        scene.add(ID, producer, A, B);
    }

    private CoordinatorScene.Delivery committing() {
        scene.commit(ID, producer);
        return scene.deliveries.remove();
    }

    private void answer(CoordinatorScene.Delivery delivery, Map<TopicPartition, Errors> results) {
        delivery.answer(results);
        scene.loop.runAll();
    }

    @Test
    void say_how_it_ended_and_who_says_so() {
        scene.reload();
        WriteMarkers effect = committing().effect();

        assertThat(effect.marker()).isEqualTo(new TransactionMarker(producer, 1, true, (short) 0));
        assertThat(effect.partitions()).containsExactlyInAnyOrder(A, B);
    }

    @Test
    void say_so_of_an_abort_too() {
        scene.abort(ID, producer);

        assertThat(scene.deliveries.remove().effect().marker())
                .isEqualTo(new TransactionMarker(producer, 0, false, (short) 0));
    }

    @Test
    void are_none_for_a_transaction_without_partitions() {
        ProducerIdAndEpoch other = scene.started("payments");
        scene.add("payments", other);
        scene.commit("payments", other);
        scene.deliverAll();

        assertThat(scene.status("payments")).isEqualTo("CompleteCommit");
    }

    @Nested
    class being_delivered {

        @Test
        void complete_the_transaction_once_every_partition_has_its_own() {
            CoordinatorScene.Delivery delivery = committing();
            answer(delivery, Map.of(A, Errors.NONE));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            answer(delivery, Map.of(B, Errors.NONE));
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void are_described_as_long_as_they_are_missing() {
            answer(committing(), Map.of(A, Errors.NONE));

            assertThat(scene.describe(ID).topics()).hasSize(1);
            assertThat(scene.describe(ID).topics().find("b").partitions()).containsExactly(1);
        }

        @Test
        void are_sent_again_where_they_failed_and_only_there() {
            answer(committing(), Map.of(A, Errors.NONE, B, Errors.NOT_LEADER_OR_FOLLOWER));
            assertThat(scene.deliveries).isEmpty();

            scene.loop.advance(TransactionEnd.MARKER_RETRY_MS);
            assertThat(scene.deliveries.peek().effect().partitions()).containsExactly(B);

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void are_sent_until_they_arrive() {
            scene.commit(ID, producer);
            for (int attempt = 0; attempt < 50; attempt++) {
                scene.deliveries.remove().answer(Errors.KAFKA_STORAGE_ERROR);
                scene.loop.advance(TransactionEnd.MARKER_RETRY_MS);
            }
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void are_not_sent_again_where_they_arrived_after_all() {
            CoordinatorScene.Delivery delivery = committing();
            answer(delivery, Map.of(A, Errors.REQUEST_TIMED_OUT, B, Errors.REQUEST_TIMED_OUT));
            answer(delivery, Map.of(A, Errors.NONE));
            scene.loop.advance(TransactionEnd.MARKER_RETRY_MS);

            assertThat(scene.deliveries.peek().effect().partitions()).containsExactly(B);
        }

        @Test
        void do_without_partitions_that_can_not_hold_transactions() {
            answer(committing(), Map.of(A, Errors.NONE, B, Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT));

            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void may_be_acknowledged_twice() {
            CoordinatorScene.Delivery delivery = committing();
            answer(delivery, Map.of(A, Errors.NONE));
            answer(delivery, Map.of(A, Errors.NONE));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            answer(delivery, Map.of(B, Errors.NONE));
            long end = scene.partition.logEndOffset();
            answer(delivery, Map.of(A, Errors.NONE, B, Errors.NONE));
            assertThat(scene.partition.logEndOffset()).isEqualTo(end);
        }

        @Test
        void of_one_transaction_do_not_count_for_the_next() {
            CoordinatorScene.Delivery first = committing();
            answer(first, Map.of(A, Errors.NONE, B, Errors.NONE));
            scene.add(ID, producer, A, B);
            scene.abort(ID, producer);
            answer(first, Map.of(A, Errors.NONE, B, Errors.NONE));

            assertThat(scene.status(ID)).isEqualTo("PrepareAbort");
            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteAbort");
        }

        @Test
        void that_fail_late_do_not_disturb_the_next_transaction() {
            CoordinatorScene.Delivery first = committing();
            answer(first, Map.of(A, Errors.NONE, B, Errors.NONE));
            scene.add(ID, producer, A, B);
            scene.commit(ID, producer);
            scene.deliveries.clear();
            answer(first, Map.of(A, Errors.NOT_LEADER_OR_FOLLOWER));
            scene.loop.advance(TransactionEnd.MARKER_RETRY_MS);

            assertThat(scene.deliveries).isEmpty();
        }

        @Test
        void complete_the_transaction_later_when_that_can_not_be_written_now() {
            CoordinatorScene.Delivery delivery = committing();
            scene.partition.refuseAppends(new NotEnoughReplicasException("one of two"));
            answer(delivery, Map.of(A, Errors.NONE, B, Errors.NONE));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            scene.partition.mend();
            scene.loop.advance(1000);
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }
    }

    @Nested
    class after_a_reload {

        @Test
        void are_sent_to_every_partition_again() {
            answer(committing(), Map.of(A, Errors.NONE));
            scene.reload();

            WriteMarkers again = scene.deliveries.peek().effect();
            assertThat(again.partitions()).containsExactlyInAnyOrder(A, B);
            assertThat(again.marker()).isEqualTo(new TransactionMarker(producer, 1, true, (short) 0));

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void of_an_abort_stay_those_of_an_abort() {
            scene.abort(ID, producer);
            scene.reload();

            assertThat(scene.deliveries.remove().effect().marker().committed()).isFalse();
        }

        @Test
        void are_not_completed_by_answers_to_the_coordinator_before() {
            CoordinatorScene.Delivery before = committing();
            scene.reload();
            answer(before, Map.of(A, Errors.NONE, B, Errors.NONE));

            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");
        }

        @Test
        void are_not_completed_by_answers_from_before_the_log_was_read_again() {
            CoordinatorScene.Delivery before = committing();
            scene.breakOneAppend();
            answer(before, Map.of(A, Errors.NONE, B, Errors.NONE));
            assertThat(scene.status(ID)).isEqualTo("PrepareCommit");

            scene.deliverAll();
            assertThat(scene.status(ID)).isEqualTo("CompleteCommit");
        }

        @Test
        void are_not_sent_for_an_end_that_the_log_has_lost() {
            scene.partition.holdHighWatermark();
            long end = scene.partition.logEndOffset();
            scene.commit(ID, producer);
            scene.resign();
            scene.partition.truncateTo(end);
            scene.elect(1);
            scene.commitLog();

            assertThat(scene.status(ID)).isEqualTo("Ongoing");
            assertThat(scene.deliveries).isEmpty();
        }
    }
}
