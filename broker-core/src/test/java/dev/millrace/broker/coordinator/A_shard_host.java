package dev.millrace.broker.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.RecordedTicket;
import dev.millrace.broker.simulation.SimulatedShardPartition;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_shard_host {

    private static final ShardRecord.Producer PRODUCER = new ShardRecord.Producer(7, (short) 1);

    private final ManualLoop loop = new ManualLoop(1_000_000);
    private final ArrayDeque<Runnable> disk = new ArrayDeque<>();
    private final SimulatedShardPartition partition = new SimulatedShardPartition(3, loop);
    private final List<String> caused = new ArrayList<>();
    private final List<ShardTerm<CounterShard.Command>> terms = new ArrayList<>();
    private final List<CounterShard> shards = new ArrayList<>();
    private final ShardHost<CounterShard.Command, CounterShard.Event> host = new ShardHost<>(
            "__counters",
            () -> 50,
            (partition, leaderEpoch) -> {
                shards.add(new CounterShard(leaderEpoch));
                return shards.get(shards.size() - 1);
            },
            new CounterShard.Codec(),
            (effect, term) -> {
                caused.add(((CounterShard.Caused) effect).what());
                terms.add(term);
            },
            disk::add);

    private RecordedTicket<Long> submit(Function<Ticket<Long>, CounterShard.Command> command) {
        RecordedTicket<Long> ticket = new RecordedTicket<>();
        host.submit(3, ticket, command);
        loop.runAll();
        return ticket;
    }

    private RecordedTicket<Long> add(int amount) {
        return submit(ticket -> new CounterShard.Add(ticket, amount));
    }

    private long sum() {
        return submit(CounterShard.Read::new).answer();
    }

    private void commit() {
        partition.commitTo(partition.logEndOffset());
        host.onHighWatermark(3);
    }

    private void readDisk() {
        while (!disk.isEmpty()) {
            disk.remove().run();
        }
        loop.runAll();
    }

    @Test
    void hashes_keys_to_partitions_as_Kafka_does() {
        assertThat(host.partitionFor("console-consumer-1")).isEqualTo(Math.abs("console-consumer-1".hashCode()) % 50);
        // A string whose hash is Integer.MIN_VALUE, which has no absolute value.
        assertThat("polygenelubricants".hashCode()).isEqualTo(Integer.MIN_VALUE);
        assertThat(host.partitionFor("polygenelubricants")).isZero();
    }

    @Nested
    class of_a_partition_that_it_does_not_lead {

        @Test
        void refuses_with_NOT_COORDINATOR() {
            assertThat(add(1).error()).isEqualTo(Errors.NOT_COORDINATOR);
        }

        @Test
        void ignores_what_happens_to_the_partition() {
            host.onHighWatermark(3);
            host.onTransactionEnded(3, PRODUCER, true);
            host.onResigned(3);

            assertThat(loop.hasTasks()).isFalse();
        }

        @Test
        void answers_a_query_to_all_shards_with_nothing() {
            RecordedTicket<List<Long>> all = new RecordedTicket<>();
            host.submitToAll(all, CounterShard.Read::new);

            assertThat(all.answer()).isEmpty();
        }
    }

    @Nested
    class loading_a_partition {

        @BeforeEach
        void elected_over_a_log() throws IOException {
            partition.append(List.of(
                    ShardRecord.of("add".getBytes(), new byte[] {20}),
                    ShardRecord.of("unknown".getBytes(), new byte[] {1}),
                    ShardRecord.of("add".getBytes(), new byte[] {3})));
            host.onElected(partition);
        }

        @Test
        void refuses_with_COORDINATOR_LOAD_IN_PROGRESS() {
            assertThat(add(1).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }

        @Test
        void fails_a_query_to_all_shards() {
            host.onElected(new SimulatedShardPartition(4, loop));
            RecordedTicket<List<Long>> all = new RecordedTicket<>();
            host.submitToAll(all, CounterShard.Read::new);
            loop.runAll();

            assertThat(all.error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }

        @Test
        void replays_what_it_knows_and_skips_what_it_does_not() {
            readDisk();

            assertThat(sum()).isEqualTo(23);
        }

        @Test
        void replays_transactions_as_they_ended() throws IOException {
            ShardRecord.Producer other = new ShardRecord.Producer(8, (short) 0);
            partition.append(List.of(new ShardRecord("add".getBytes(), new byte[] {5}, PRODUCER)));
            partition.append(List.of(new ShardRecord("add".getBytes(), new byte[] {50}, other)));
            partition.endTransaction(PRODUCER, true);
            partition.endTransaction(other, false);
            host.onElected(partition);
            readDisk();

            assertThat(sum()).isEqualTo(28);
        }

        @Test
        void counts_a_transaction_that_ends_meanwhile_once() throws IOException {
            partition.append(List.of(new ShardRecord("add".getBytes(), new byte[] {5}, PRODUCER)));
            host.onElected(partition);
            partition.endTransaction(PRODUCER, true);
            host.onTransactionEnded(3, PRODUCER, true);
            readDisk();

            assertThat(sum()).isEqualTo(28);
        }

        @Test
        void starts_the_timers_of_what_it_read() throws IOException {
            partition.append(List.of(ShardRecord.of("add".getBytes(), new byte[] {100})));
            host.onElected(partition);
            readDisk();
            loop.advance(1000);

            assertThat(sum()).isEqualTo(124);
        }

        @Test
        void tries_again_when_the_log_could_not_be_read() {
            partition.breakReplays(new IOException("bad sector"));
            readDisk();
            assertThat(add(1).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);

            partition.mend();
            loop.advance(HostedShard.LOAD_RETRY_MS);
            readDisk();

            assertThat(sum()).isEqualTo(23);
        }

        @Test
        void drops_what_it_read_when_it_resigned_meanwhile() {
            host.onResigned(3);
            readDisk();

            assertThat(add(1).error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(loop.deadlines()).isEmpty();
        }

        @Test
        void drops_what_it_read_for_an_earlier_term() {
            partition.startTerm(1);
            host.onElected(partition);
            disk.remove().run();
            loop.runAll();
            assertThat(add(1).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);

            readDisk();
            assertThat(sum()).isEqualTo(23);
            assertThat(shards.get(shards.size() - 1).leaderEpoch).isEqualTo(1);
        }
    }

    @Nested
    class running_a_shard {

        @BeforeEach
        void elected_over_an_empty_log() {
            host.onElected(partition);
        }

        @Test
        void starts_at_once_because_there_is_nothing_to_read() {
            assertThat(disk).isEmpty();
            assertThat(sum()).isZero();
        }

        @Test
        void appends_and_answers() {
            assertThat(add(5).answer()).isEqualTo(5);
            assertThat(partition.logEndOffset()).isEqualTo(1);
            assertThat(sum()).isEqualTo(5);
        }

        @Test
        void routes_a_key_to_its_partition() {
            String key = "group";
            SimulatedShardPartition home = new SimulatedShardPartition(host.partitionFor(key), loop);
            host.onElected(home);
            RecordedTicket<Long> ticket = new RecordedTicket<>();
            host.submit(key, ticket, t -> new CounterShard.Add(t, 9));
            loop.runAll();

            assertThat(ticket.answer()).isEqualTo(9);
            assertThat(home.logEndOffset()).isEqualTo(1);
        }

        @Test
        void answers_only_what_is_committed() {
            partition.holdHighWatermark();
            RecordedTicket<Long> first = add(5);
            RecordedTicket<Long> second = add(6);
            assertThat(first.isOpen()).isTrue();

            partition.commitTo(1);
            host.onHighWatermark(3);
            assertThat(first.answer()).isEqualTo(5);
            assertThat(second.isOpen()).isTrue();

            commit();
            assertThat(second.answer()).isEqualTo(11);
        }

        @Test
        void answers_a_query_only_when_what_it_saw_is_committed() {
            partition.holdHighWatermark();
            add(5);
            RecordedTicket<Long> read = submit(CounterShard.Read::new);
            assertThat(read.isOpen()).isTrue();

            commit();
            assertThat(read.answer()).isEqualTo(5);
        }

        @Test
        void completes_a_decision_before_it_releases_what_its_own_append_commits() {
            partition.onAppended(() -> host.onHighWatermark(3));

            assertThat(add(5).answer()).isEqualTo(5);
        }

        @Test
        void performs_effects_once_they_are_committed() {
            partition.holdHighWatermark();
            submit(ticket -> new CounterShard.Cause(ticket, "a thing"));
            assertThat(caused).isEmpty();

            commit();
            assertThat(caused).containsExactly("a thing");
        }

        @Test
        void takes_the_outcome_of_an_effect_as_a_command() {
            submit(ticket -> new CounterShard.Cause(ticket, "a thing"));
            terms.get(0).tell(new CounterShard.AddNow(40));
            loop.runAll();

            assertThat(sum()).isEqualTo(41);
            assertThat(terms.get(0).partition()).isEqualTo(3);
        }

        @Test
        void keeps_records_of_a_transaction_apart_from_others_in_one_write() {
            submit(ticket -> new CounterShard.AddBoth(ticket, 2, PRODUCER));

            assertThat(partition.batches())
                    .extracting(ReplayedBatch::transactional)
                    .containsExactly(false, true);
            assertThat(partition.batches().get(1).producerId()).isEqualTo(PRODUCER.id());
            assertThat(partition.batches().get(1).records()).hasSize(2);
        }

        @Test
        void tells_the_shard_of_a_transaction_that_ended() {
            submit(ticket -> new CounterShard.AddInTransaction(ticket, 2, PRODUCER));
            assertThat(sum()).isZero();

            host.onTransactionEnded(3, PRODUCER, true);
            assertThat(sum()).isEqualTo(2);
        }

        @Test
        void runs_a_timer_at_its_deadline() {
            submit(ticket -> new CounterShard.AddAt(ticket, 5, loop.nowMs() + 100));
            loop.advance(99);
            assertThat(sum()).isZero();

            loop.advance(1);
            assertThat(sum()).isEqualTo(5);
        }

        @Test
        void replaces_a_pending_timer_of_an_equal_command() {
            submit(ticket -> new CounterShard.AddAt(ticket, 5, loop.nowMs() + 100));
            submit(ticket -> new CounterShard.AddAt(ticket, 5, loop.nowMs() + 200));
            loop.advance(100);
            assertThat(sum()).isZero();

            loop.advance(1000);
            assertThat(sum()).isEqualTo(5);
        }

        @Test
        void cancels_a_timer() {
            submit(ticket -> new CounterShard.AddAt(ticket, 5, loop.nowMs() + 100));
            submit(ticket -> new CounterShard.CancelAdd(ticket, 5));
            loop.advance(1000);

            assertThat(sum()).isZero();
        }

        @Test
        void fails_a_command_that_could_not_be_decided_and_goes_on() {
            assertThat(submit(CounterShard.FailToDecide::new).error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
            assertThat(add(1).answer()).isEqualTo(1);
        }

        @Test
        void answers_a_query_to_all_shards_in_the_order_of_partitions() {
            SimulatedShardPartition other = new SimulatedShardPartition(1, loop);
            host.onElected(other);
            add(5);
            RecordedTicket<List<Long>> all = new RecordedTicket<>();
            host.submitToAll(all, CounterShard.Read::new);
            loop.runAll();

            assertThat(all.answer()).containsExactly(0L, 5L);
        }

        @Test
        void leaves_a_shard_that_moves_away_out_of_a_query_to_all() {
            SimulatedShardPartition other = new SimulatedShardPartition(1, loop);
            host.onElected(other);
            RecordedTicket<List<Long>> all = new RecordedTicket<>();
            host.submitToAll(all, CounterShard.Read::new);
            host.onResigned(1);
            loop.runAll();

            assertThat(all.answer()).containsExactly(0L);
        }
    }

    @Nested
    class whose_append_is_refused {

        @BeforeEach
        void running_with_five() {
            host.onElected(partition);
            add(5);
        }

        @Test
        void fails_the_command_and_keeps_the_shard_as_it_was() {
            RecordedTicket<Long> waiting = submit(CounterShard.Await::new);
            partition.refuseAppends(new NotEnoughReplicasException("one of two"));
            assertThat(add(1).error()).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            assertThat(waiting.isOpen()).isTrue();

            partition.mend();
            assertThat(add(2).answer()).isEqualTo(7);
            assertThat(waiting.answer()).isEqualTo(7);
            assertThat(shards).hasSize(1);
        }

        @Test
        void speaks_of_coordinators_rather_than_partitions() {
            partition.refuseAppends(new NotLeaderOrFollowerException("moved"));
            assertThat(add(1).error()).isEqualTo(Errors.NOT_COORDINATOR);

            partition.refuseAppends(new RecordTooLargeException("too much"));
            assertThat(add(1).error()).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        }

        @Test
        void passes_on_that_a_producer_is_fenced() {
            partition.refuseAppends(new InvalidProducerEpochException("old"));

            assertThat(add(1).error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        }

        @Test
        void repeats_a_timer_until_it_can_be_carried_out() {
            submit(ticket -> new CounterShard.AddAt(ticket, 3, loop.nowMs() + 10));
            partition.refuseAppends(new NotEnoughReplicasException("one of two"));
            loop.advance(10 + 3 * RunningShard.REFUSED_APPEND_RETRY_MS);
            assertThat(sum()).isEqualTo(5);

            partition.mend();
            loop.advance(RunningShard.REFUSED_APPEND_RETRY_MS);
            assertThat(sum()).isEqualTo(8);
            assertThat(loop.deadlines()).isEmpty();
        }
    }

    @Nested
    class whose_append_breaks {

        @BeforeEach
        void running_with_five() {
            host.onElected(partition);
            add(5);
        }

        private void loadAgain() {
            partition.mend();
            loop.advance(HostedShard.LOAD_RETRY_MS);
            readDisk();
        }

        @Test
        void waits_before_it_reads_everything_again() {
            partition.breakAppends(new IOException("disk full"));
            add(1);
            loop.advance(HostedShard.LOAD_RETRY_MS - 1);
            assertThat(disk).isEmpty();

            loop.advance(1);
            assertThat(disk).hasSize(1);
        }

        @Test
        void stays_away_when_it_resigned_meanwhile() {
            partition.breakAppends(new IOException("disk full"));
            add(1);
            host.onResigned(3);
            loop.advance(HostedShard.LOAD_RETRY_MS);

            assertThat(disk).isEmpty();
            assertThat(add(1).error()).isEqualTo(Errors.NOT_COORDINATOR);
        }

        @Test
        void may_resign_within_the_append() {
            partition.onAppended(() -> {
                host.onResigned(3);
                throw new NotLeaderOrFollowerException("disk full");
            });
            RecordedTicket<Long> broken = add(1);

            assertThat(broken.error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(loop.deadlines()).isEmpty();
        }

        @Test
        void fails_every_open_ticket_and_replays_the_log() {
            RecordedTicket<Long> waiting = submit(CounterShard.Await::new);
            partition.breakAppends(new IOException("disk full"));
            RecordedTicket<Long> broken = add(1);
            assertThat(broken.error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(waiting.error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(add(1).error()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS);

            loadAgain();
            assertThat(add(2).answer()).isEqualTo(7);
            assertThat(shards).hasSize(2);
            assertThat(waiting.closedTimes()).isEqualTo(1);
        }

        @Test
        void fails_what_was_appended_but_not_committed_and_keeps_what_the_log_kept() {
            partition.holdHighWatermark();
            RecordedTicket<Long> uncommitted = add(10);
            partition.breakAppends(new IOException("disk full"));
            add(1);
            assertThat(uncommitted.error()).isEqualTo(Errors.NOT_COORDINATOR);

            loadAgain();
            commit();
            assertThat(sum()).isEqualTo(15);
            assertThat(uncommitted.closedTimes()).isEqualTo(1);
        }

        @Test
        void forgets_the_timers() {
            submit(ticket -> new CounterShard.AddAt(ticket, 3, loop.nowMs() + 10));
            partition.breakAppends(new IOException("disk full"));
            add(1);
            loadAgain();
            loop.advance(1000);

            assertThat(sum()).isEqualTo(5);
        }

        @Test
        void drops_the_outcome_of_an_effect_from_before_the_replay() {
            submit(ticket -> new CounterShard.Cause(ticket, "a thing"));
            partition.breakAppends(new IOException("disk full"));
            add(1);
            loadAgain();
            terms.get(0).tell(new CounterShard.AddNow(40));
            loop.runAll();

            assertThat(sum()).isEqualTo(6);
        }

        @Test
        void replays_as_well_when_an_event_could_not_be_applied() {
            assertThat(submit(CounterShard.FailToApply::new).error()).isEqualTo(Errors.NOT_COORDINATOR);
            loadAgain();

            assertThat(sum()).isEqualTo(5);
            assertThat(shards).hasSize(2);
        }
    }

    @Nested
    class that_resigns {

        @BeforeEach
        void running() {
            host.onElected(partition);
        }

        @Test
        void fails_the_tickets_that_wait_for_a_commit_and_those_inside_the_shard() {
            RecordedTicket<Long> held = submit(CounterShard.Await::new);
            partition.holdHighWatermark();
            RecordedTicket<Long> uncommitted = add(1);
            host.onResigned(3);

            assertThat(held.error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(uncommitted.error()).isEqualTo(Errors.NOT_COORDINATOR);
        }

        @Test
        void fails_a_command_that_was_on_its_way() {
            RecordedTicket<Long> late = new RecordedTicket<>();
            host.submit(3, late, ticket -> new CounterShard.Add(ticket, 1));
            host.onResigned(3);
            loop.runAll();

            assertThat(late.error()).isEqualTo(Errors.NOT_COORDINATOR);
            assertThat(partition.logEndOffset()).isZero();
        }

        @Test
        void performs_no_effect_that_was_not_committed() {
            partition.holdHighWatermark();
            submit(ticket -> new CounterShard.Cause(ticket, "a thing"));
            host.onResigned(3);
            commit();

            assertThat(caused).isEmpty();
        }

        @Test
        void runs_no_timer_any_more() {
            submit(ticket -> new CounterShard.AddAt(ticket, 3, loop.nowMs() + 10));
            host.onResigned(3);
            loop.advance(1000);

            assertThat(partition.logEndOffset()).isZero();
        }

        @Test
        void drops_the_outcome_of_an_effect_of_an_earlier_term() {
            submit(ticket -> new CounterShard.Cause(ticket, "a thing"));
            host.onResigned(3);
            partition.startTerm(1);
            host.onElected(partition);
            readDisk();
            terms.get(0).tell(new CounterShard.AddNow(40));
            loop.runAll();

            assertThat(sum()).isEqualTo(1);
        }

        @Test
        void loads_what_remains_when_it_is_elected_again() {
            add(5);
            partition.holdHighWatermark();
            add(6);
            host.onResigned(3);
            partition.truncateTo(1);
            partition.startTerm(2);
            host.onElected(partition);
            readDisk();

            assertThat(sum()).isEqualTo(5);
        }
    }
}
