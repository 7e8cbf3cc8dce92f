package dev.millrace.broker.partition;

import static org.apache.kafka.common.IsolationLevel.READ_COMMITTED;
import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AbortedTransaction;
import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.TimestampOffset;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.epoch.EpochEndOffset;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.FencedLeaderEpochException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.UnknownLeaderEpochException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_partition {

    @Nested
    class Whose_log_is_being_opened {

        private final LedPartition led = new LedPartition(List.of(1), Map.of());

        @Test
        void sends_everybody_away_to_come_again() {
            assertThat(led.append(1, "a").error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
            assertThatThrownBy(() -> led.read(0, READ_UNCOMMITTED)).isInstanceOf(NotLeaderOrFollowerException.class);
        }

        @Test
        void leads_once_it_is_open() throws IOException {
            led.open();

            assertThat(led.told).containsExactly("leading 0");
            assertThat(led.append(1, "a").answer().baseOffset()).isZero();
        }

        @Test
        void hands_the_log_back_when_it_was_retired_meanwhile() throws IOException {
            List<PartitionLog> handedBack = new ArrayList<>();
            led.partition.retire(handedBack::add);
            assertThat(handedBack).isEmpty();

            led.open();

            assertThat(handedBack).hasSize(1).doesNotContainNull();
            assertThat(led.told).isEmpty();
        }
    }

    @Nested
    class That_is_led_without_followers {

        private LedPartition led;

        @BeforeEach
        void open() throws IOException {
            led = LedPartition.alone();
            led.told.clear();
        }

        @Test
        void answers_an_append_at_once_whatever_acks() {
            assertThat(led.append(0, "a").answer().baseOffset()).isZero();
            assertThat(led.append(1, "b").answer().baseOffset()).isEqualTo(1);
            assertThat(led.append(-1, "c", "d").answer().lastOffset()).isEqualTo(3);
        }

        @Test
        void has_its_high_watermark_at_the_end_of_the_log() {
            led.append(1, "a", "b");

            assertThat(led.partition.highWatermark()).isEqualTo(2);
            assertThat(led.told).containsExactly("high watermark 2");
        }

        @Test
        void refuses_acks_all_when_more_replicas_are_asked_for() throws IOException {
            LedPartition strict = LedPartition.alone(Map.of("min.insync.replicas", "2"));

            assertThat(strict.append(-1, "a").error()).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
            assertThat(strict.append(1, "a").answer().baseOffset()).isZero();
        }

        @Test
        void appends_a_retried_batch_once() {
            RecordedTicket<AppendResult> first = new RecordedTicket<>();
            RecordedTicket<AppendResult> second = new RecordedTicket<>();
            led.partition.writes().append(Batches.idempotent(0, 7, (short) 0, 0, "a"), (short) -1, 0, first);
            led.partition.writes().append(Batches.idempotent(0, 7, (short) 0, 0, "a"), (short) -1, 0, second);

            assertThat(second.answer().baseOffset()).isEqualTo(first.answer().baseOffset());
            assertThat(led.partition.logEndOffset()).isEqualTo(1);
        }

        @Test
        void refuses_what_the_log_refuses() {
            led.appendTransactional(7, 0, "a");

            assertThat(led.appendTransactional(7, 5, "b").error()).isEqualTo(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
            assertThat(led.partition.logEndOffset()).isEqualTo(1);
        }

        @Test
        void appends_a_coordinators_records_in_its_term_only() {
            AppendResult result = led.partition
                    .writes()
                    .appendOwn(BatchBuilder.batch(List.of(new BatchBuilder.KeyValue(new byte[] {1}, null)), 0), 0);

            assertThat(result.baseOffset()).isZero();
            assertThatThrownBy(() -> led.partition
                            .writes()
                            .appendOwn(
                                    BatchBuilder.batch(List.of(new BatchBuilder.KeyValue(new byte[] {1}, null)), 0), 1))
                    .isInstanceOf(NotLeaderOrFollowerException.class);
        }

        @Test
        void shows_uncommitted_records_to_those_who_want_them_and_committed_ones_to_all() {
            led.append(1, "before");
            led.appendTransactional(7, 0, "open");
            led.append(1, "after");

            assertThat(led.readableFrom(0, READ_UNCOMMITTED)).isEqualTo(3);
            assertThat(led.readableFrom(0, READ_COMMITTED)).isEqualTo(1);
            assertThat(led.partition.reads().latestOffset(READ_COMMITTED, -1).offset())
                    .isEqualTo(1);
            assertThat(led.partition.reads().latestOffset(READ_UNCOMMITTED, -1).offset())
                    .isEqualTo(3);

            led.partition.writes().endTransaction(7, (short) 0, 0, true, false);

            assertThat(led.readableFrom(0, READ_COMMITTED)).isEqualTo(4);
        }

        @Test
        void tells_readers_which_transactions_were_aborted() {
            led.appendTransactional(7, 0, "a");
            led.partition.writes().endTransaction(7, (short) 0, 0, false, false);

            FetchedRecords records = led.read(0, READ_COMMITTED);
            records.release();

            assertThat(records.abortedTransactions()).containsExactly(new AbortedTransaction(7, 0));
            assertThat(led.read(0, READ_UNCOMMITTED).abortedTransactions()).isNull();
        }

        @Test
        void tells_its_listener_how_a_transaction_ended() {
            led.appendTransactional(7, 0, "a");
            led.told.clear();

            led.partition.writes().endTransaction(7, (short) 0, 0, false, false);

            assertThat(led.told).containsExactly("high watermark 2", "aborted 7");
        }

        @Test
        void finds_offsets_by_time() {
            led.append(1, "a");
            led.loop.advance(1000);
            led.append(1, "b");
            long now = led.loop.nowMs();

            assertThat(led.partition.reads().earliestOffset(-1)).isEqualTo(new TimestampOffset(-1, 0, 0));
            assertThat(led.partition.reads().latestOffset(READ_UNCOMMITTED, -1))
                    .isEqualTo(new TimestampOffset(-1, 2, 0));
            assertThat(led.partition.reads().offsetForTimestamp(now - 500, READ_UNCOMMITTED, -1))
                    .contains(new TimestampOffset(now, 1, 0));
            assertThat(led.partition.reads().offsetForTimestamp(now + 1, READ_UNCOMMITTED, -1))
                    .isEmpty();
            assertThat(led.partition.reads().offsetOfMaxTimestamp(READ_UNCOMMITTED, -1))
                    .contains(new TimestampOffset(now, 1, 0));
        }

        @Test
        void finds_nothing_by_time_that_the_reader_may_not_read() {
            led.appendTransactional(7, 0, "open");

            assertThat(led.partition.reads().offsetForTimestamp(0, READ_UNCOMMITTED, -1))
                    .isPresent();
            assertThat(led.partition.reads().offsetForTimestamp(0, READ_COMMITTED, -1))
                    .isEmpty();
            assertThat(led.partition.reads().offsetOfMaxTimestamp(READ_COMMITTED, -1))
                    .isEmpty();
        }

        @Test
        void refuses_to_read_outside_of_the_log() {
            led.append(1, "a");

            assertThatThrownBy(() -> led.read(2, READ_UNCOMMITTED)).isInstanceOf(OffsetOutOfRangeException.class);
            assertThatThrownBy(() -> led.read(-1, READ_UNCOMMITTED)).isInstanceOf(OffsetOutOfRangeException.class);
        }
    }

    @Nested
    class That_deletes_records {

        private LedPartition led;

        @BeforeEach
        void fill() throws IOException {
            led = LedPartition.alone();
            led.append(1, "a", "b");
            led.append(1, "c");
        }

        @Test
        void begins_where_it_was_told_to() {
            assertThat(led.partition.retention().deleteRecords(2)).isEqualTo(2);
            assertThat(led.partition.logStartOffset()).isEqualTo(2);
            assertThatThrownBy(() -> led.read(1, READ_UNCOMMITTED)).isInstanceOf(OffsetOutOfRangeException.class);
        }

        @Test
        void deletes_all_up_to_the_high_watermark_for_minus_one() {
            assertThat(led.partition.retention().deleteRecords(-1)).isEqualTo(3);
        }

        @Test
        void does_not_go_back() {
            led.partition.retention().deleteRecords(2);

            assertThat(led.partition.retention().deleteRecords(1)).isEqualTo(2);
        }

        @Test
        void refuses_an_offset_beyond_the_high_watermark() {
            assertThatThrownBy(() -> led.partition.retention().deleteRecords(4))
                    .isInstanceOf(OffsetOutOfRangeException.class);
            assertThatThrownBy(() -> led.partition.retention().deleteRecords(-2))
                    .isInstanceOf(OffsetOutOfRangeException.class);
        }

        @Test
        void refuses_when_the_topic_is_only_compacted() throws IOException {
            LedPartition compacted = LedPartition.alone(Map.of("cleanup.policy", "compact"));

            assertThatThrownBy(() -> compacted.partition.retention().deleteRecords(0))
                    .isInstanceOf(PolicyViolationException.class);
        }
    }

    @Nested
    class In_its_third_term {

        private LedPartition led;

        @BeforeEach
        void begin() throws IOException {
            led = LedPartition.alone();
            led.append(1, "a", "b");
            led.partition.onImage(LedPartition.image(2, List.of(1)), led.config());
            led.append(1, "c");
        }

        @Test
        void tells_its_listener_that_the_term_before_is_over() {
            assertThat(led.told)
                    .containsExactly("leading 0", "high watermark 2", "resigned", "leading 2", "high watermark 3");
        }

        @Test
        void fences_readers_that_know_an_older_term() {
            assertThatThrownBy(() -> led.partition.reads().read(0, 100, true, READ_UNCOMMITTED, 1, -1))
                    .isInstanceOf(FencedLeaderEpochException.class);
            assertThatThrownBy(() -> led.partition.reads().latestOffset(READ_UNCOMMITTED, 0))
                    .isInstanceOf(FencedLeaderEpochException.class);
        }

        @Test
        void sends_away_readers_that_know_a_newer_term() {
            assertThatThrownBy(() -> led.partition.reads().read(0, 100, true, READ_UNCOMMITTED, 3, -1))
                    .isInstanceOf(UnknownLeaderEpochException.class);
        }

        @Test
        void tells_where_a_term_ended() {
            assertThat(led.partition.reads().endOffsetForEpoch(0, 2)).contains(new EpochEndOffset(0, 2));
            assertThat(led.partition.reads().endOffsetForEpoch(1, 2)).contains(new EpochEndOffset(0, 2));
            assertThat(led.partition.reads().endOffsetForEpoch(2, -1)).contains(new EpochEndOffset(2, 3));
        }

        @Test
        void tells_a_reader_where_its_history_parts_from_the_leaders() {
            FetchedRecords records = led.partition.reads().read(3, 100, true, READ_UNCOMMITTED, 2, 0);

            assertThat(records.diverging()).isEqualTo(new EpochEndOffset(0, 2));
            assertThat(records.records()).isNull();
        }

        @Test
        void reads_on_for_a_reader_whose_history_stands() {
            FetchedRecords records = led.partition.reads().read(2, 100, true, READ_UNCOMMITTED, 2, 0);
            records.release();

            assertThat(records.diverging()).isNull();
            assertThat(records.sizeInBytes()).isPositive();
        }
    }

    @Nested
    class With_followers {

        private LedPartition led;

        @BeforeEach
        void open() throws IOException {
            led = new LedPartition(List.of(1, 2, 3), Map.of("min.insync.replicas", "2"));
            led.open();
            led.told.clear();
        }

        @Test
        void holds_acks_all_back_until_every_in_sync_replica_has_the_records() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a", "b");

            led.partition.replication().onFollowerFetch(2, 2);
            assertThat(ticket.isOpen()).isTrue();
            led.partition.replication().onFollowerFetch(3, 1);
            assertThat(ticket.isOpen()).isTrue();
            led.partition.replication().onFollowerFetch(3, 2);

            assertThat(ticket.answer().lastOffset()).isEqualTo(1);
            assertThat(led.partition.highWatermark()).isEqualTo(2);
        }

        @Test
        void answers_acks_1_at_once() {
            assertThat(led.append(1, "a").answer().baseOffset()).isZero();
        }

        @Test
        void shows_nothing_above_the_high_watermark() {
            led.append(1, "a");

            assertThat(led.readableFrom(0, READ_UNCOMMITTED)).isZero();
        }

        @Test
        void waits_for_a_replica_no_longer_once_it_left_the_isr() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a");
            led.partition.replication().onFollowerFetch(2, 1);

            led.partition.onImage(LedPartition.image(0, List.of(1, 2)), led.config());

            assertThat(ticket.answer().baseOffset()).isZero();
        }

        @Test
        void answers_in_the_order_of_appends_as_far_as_the_high_watermark_got() {
            RecordedTicket<AppendResult> first = led.append(-1, "a");
            RecordedTicket<AppendResult> second = led.append(-1, "b");
            led.partition.replication().onFollowerFetch(2, 2);
            led.partition.replication().onFollowerFetch(3, 1);

            assertThat(first.isOpen()).isFalse();
            assertThat(second.isOpen()).isTrue();
        }

        @Test
        void gives_up_waiting_when_the_time_is_over() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a");

            led.loop.advance(30_000);

            assertThat(ticket.error()).isEqualTo(Errors.REQUEST_TIMED_OUT);
            assertThat(ticket.closedTimes()).isEqualTo(1);
        }

        @Test
        void fails_those_who_wait_when_the_term_ends() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a");

            led.partition.onImage(LedPartition.image(1, List.of(1, 2, 3)), led.config());

            assertThat(ticket.error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        }

        @Test
        void does_not_let_the_high_watermark_go_back_in_a_new_term() {
            led.append(1, "a");
            led.partition.replication().onFollowerFetch(2, 1);
            led.partition.replication().onFollowerFetch(3, 1);

            led.partition.onImage(LedPartition.image(1, List.of(1, 2, 3)), led.config());

            assertThat(led.partition.highWatermark()).isEqualTo(1);
        }
    }

    @Nested
    class That_forces_every_record_to_the_disk {

        private LedPartition led;

        @BeforeEach
        void open() throws IOException {
            led = LedPartition.alone(Map.of("flush.messages", "1"));
        }

        @Test
        void answers_and_shows_records_once_they_are_forced() {
            RecordedTicket<AppendResult> all = led.append(-1, "a");
            RecordedTicket<AppendResult> one = led.append(1, "b");
            assertThat(all.isOpen()).isTrue();
            assertThat(led.readableFrom(0, READ_UNCOMMITTED)).isZero();

            led.diskPool.runAll();
            led.loop.runAll();
            assertThat(all.answer().baseOffset()).isZero();

            led.diskPool.runAll();
            led.loop.runAll();
            assertThat(one.answer().baseOffset()).isEqualTo(1);
            assertThat(led.readableFrom(0, READ_UNCOMMITTED)).isEqualTo(2);
        }

        @Test
        void lets_appends_share_a_force() {
            led.append(-1, "a");
            List<RecordedTicket<AppendResult>> tickets = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                tickets.add(led.append(-1, "b"));
            }
            led.diskPool.runAll();
            led.loop.runAll();
            long forcesBefore = led.disk.forces();

            led.diskPool.runAll();
            led.loop.runAll();

            assertThat(tickets).noneMatch(RecordedTicket::isOpen);
            assertThat(led.disk.forces() - forcesBefore).isLessThan(10);
        }

        @Test
        void loses_nothing_that_it_answered_when_the_power_fails() throws IOException {
            led.append(-1, "a");
            led.diskPool.runAll();
            led.loop.runAll();
            led.append(-1, "unanswered");

            led.disk.failPower();
            PartitionLog recovered =
                    PartitionLog.open(led.disk, "orders-0", led.config().log(), led.loop.nowMs());

            assertThat(recovered.logEndOffset()).isGreaterThanOrEqualTo(1);
        }

        @Test
        void goes_out_of_service_when_the_disk_can_not_force() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a");
            led.disk.failForces(true);

            led.diskPool.runAll();
            led.loop.runAll();

            assertThat(ticket.error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(led.partition.hasFailed()).isTrue();
        }

        @Test
        void answers_who_waits_when_the_rule_is_lifted() {
            RecordedTicket<AppendResult> ticket = led.append(-1, "a");

            led.partition.onImage(LedPartition.image(0, List.of(1)), new LedPartition(List.of(1), Map.of()).config());

            assertThat(ticket.isOpen()).isFalse();
        }
    }

    @Nested
    class That_forces_after_a_while {

        @Test
        void forces_when_the_time_is_over() throws IOException {
            LedPartition led = LedPartition.alone(Map.of("flush.ms", "100"));
            assertThat(led.append(-1, "a").answer().baseOffset()).isZero();
            long forcesBefore = led.disk.forces();

            led.loop.advance(100);
            led.diskPool.runAll();

            assertThat(led.disk.forces()).isGreaterThan(forcesBefore);
        }
    }

    @Nested
    class On_a_full_disk {

        private LedPartition led;

        @BeforeEach
        void fill() throws IOException {
            led = LedPartition.alone();
            led.append(1, "a");
            led.told.clear();
            led.disk.leaveRoomFor(10);
        }

        @Test
        void refuses_appends_and_goes_on_reading() {
            assertThat(led.append(-1, "b").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(led.readableFrom(0, READ_UNCOMMITTED)).isEqualTo(1);
            assertThat(led.told).isEmpty();
        }

        @Test
        void takes_appends_again_when_there_is_room() {
            led.append(-1, "b");

            led.disk.makeRoom();

            assertThat(led.append(-1, "c").answer().baseOffset()).isEqualTo(1);
        }
    }

    @Nested
    class Whose_disk_failed {

        private LedPartition led;

        @BeforeEach
        void fail() throws IOException {
            led = LedPartition.alone(Map.of("flush.messages", "1"));
            led.disk.failForces(true);
            led.append(-1, "a");
            led.diskPool.runAll();
            led.loop.runAll();
        }

        @Test
        void says_so_to_everybody() {
            assertThat(led.append(1, "b").error()).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThatThrownBy(() -> led.read(0, READ_UNCOMMITTED)).isInstanceOf(KafkaStorageException.class);
            assertThatThrownBy(() -> led.partition.reads().latestOffset(READ_UNCOMMITTED, -1))
                    .isInstanceOf(KafkaStorageException.class);
        }

        @Test
        void resigns_and_hands_its_log_back() {
            assertThat(led.told).endsWith("resigned");
            assertThat(led.failedLogs).hasSize(1);
        }

        @Test
        void leads_again_once_its_log_is_open_again() throws IOException {
            led.disk.failForces(false);
            assertThat(led.partition.startReopening()).isTrue();

            led.open();

            assertThat(led.told).endsWith("leading 0");
            assertThat(led.append(0, "b").isOpen()).isFalse();
        }
    }

    @Nested
    class That_is_retired {

        @Test
        void sends_everybody_away_and_gives_its_log_up() throws IOException {
            LedPartition led = LedPartition.alone();
            List<PartitionLog> handedBack = new ArrayList<>();

            led.partition.retire(handedBack::add);

            assertThat(handedBack).hasSize(1);
            assertThat(led.told).endsWith("resigned");
            assertThat(led.append(1, "a").error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        }
    }
}
