package dev.millrace.connect.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connect.plan.TaskId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_sink_task {

    private static final TaskId ID = new TaskId("files", 0);
    private static final TopicPartition LINES_0 = new TopicPartition("lines", 0);
    private static final TopicPartition LINES_1 = new TopicPartition("lines", 1);
    private static final long COMMIT_INTERVAL_MS = 10_000;

    private final VirtualClock clock = new VirtualClock();
    private final ScriptedSink task = new ScriptedSink();
    private final TaskCounters counters = new TaskCounters();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final List<FailedRecord> reported = new ArrayList<>();
    private final List<Transformations.Link<SinkRecord>> links = new ArrayList<>();
    private final TreeSet<String> topicsInUse = new TreeSet<>();
    private boolean tolerant;
    private SinkTaskMachine machine;
    private long nextOffset;

    @BeforeEach
    void build() {
        ErrorHandler errors = new ErrorHandler(
                ID,
                new ErrorPolicy(0, 60_000, tolerant, false, false),
                List.of(failed -> {
                    reported.add(failed);
                    return CompletableFuture.completedFuture(null);
                }),
                clock,
                counters);
        JsonConverter keys = new JsonConverter();
        keys.configure(Map.of("schemas.enable", "false"), true);
        JsonConverter values = new JsonConverter();
        values.configure(Map.of("schemas.enable", "false"), false);
        machine = new SinkTaskMachine(
                new SinkTaskSettings(ID, task, Map.of("topics", "lines"), errors, counters, true, COMMIT_INTERVAL_MS),
                consumer,
                new Transformations<>(links),
                new Converters(keys, values, new SimpleHeaderConverter()),
                topicsInUse::add,
                clock,
                new PluginMetricsImpl(new Metrics(), Map.of()));
    }

    private void start() {
        consumer.updateBeginningOffsets(Map.of(LINES_0, 0L, LINES_1, 0L));
        machine.start(clock.nowMs, List.of("lines"));
        consumer.rebalance(List.of(LINES_0));
    }

    private void arrive(String... values) {
        for (String value : values) {
            consumer.addRecord(
                    new ConsumerRecord<>("lines", 0, nextOffset++, null, value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void step() {
        machine.step(clock.nowMs, false);
    }

    private void stepAfter(long durationMs) {
        clock.nowMs += durationMs;
        step();
    }

    private Long committed() {
        OffsetAndMetadata offset = consumer.committed(Set.of(LINES_0)).get(LINES_0);
        return offset == null ? null : offset.offset();
    }

    private void failing(RuntimeException error) {
        task.failures.add(error);
    }

    @Nested
    class that_reads {

        @Test
        void opens_its_partitions_and_puts_what_comes() {
            start();
            arrive("1", "2");
            step();

            assertThat(task.calls).containsExactly("start", "open[lines-0]");
            assertThat(task.values).containsExactly(1L, 2L);
            assertThat(counters.out()).isEqualTo(2);
            assertThat(topicsInUse).containsExactly("lines");
        }

        @Test
        void calls_put_with_nothing_too() {
            start();
            step();

            assertThat(task.puts).isEqualTo(1);
        }

        @Test
        void passes_tombstones_on() {
            start();
            consumer.addRecord(
                    new ConsumerRecord<>("lines", 0, nextOffset++, "1".getBytes(StandardCharsets.UTF_8), null));
            step();

            assertThat(task.records).singleElement().satisfies(record -> {
                assertThat(record.key()).isEqualTo(1L);
                assertThat(record.value()).isNull();
            });
        }

        @Test
        void drops_what_a_transformation_drops() {
            links.add(new Transformations.Link<SinkRecord>(new DropAll<SinkRecord>(), null, false));
            build();
            start();
            arrive("1");
            step();

            assertThat(task.values).isEmpty();
            assertThat(counters.skipped()).isEqualTo(1);
        }

        @Test
        void does_not_read_while_paused() {
            start();
            arrive("1");
            machine.step(clock.nowMs, true);
            assertThat(task.values).isEmpty();

            step();
            assertThat(task.values).containsExactly(1L);
        }

        @Test
        void reads_again_from_where_the_connector_says() {
            start();
            arrive("1", "2");
            step();
            task.context().offset(LINES_0, 1);
            step();

            assertThat(consumer.position(LINES_0)).isEqualTo(1);
        }

        @Test
        void lets_the_connector_pause_partitions() {
            start();
            step();
            task.context().pause(LINES_0);
            assertThat(consumer.paused()).containsExactly(LINES_0);

            task.context().resume(LINES_0);
            assertThat(consumer.paused()).isEmpty();
        }
    }

    @Nested
    class that_commits {

        @Test
        void commits_at_intervals() {
            start();
            arrive("1", "2");
            step();
            assertThat(committed()).isNull();

            stepAfter(COMMIT_INTERVAL_MS);
            assertThat(committed()).isEqualTo(2);
        }

        @Test
        void commits_early_when_nothing_more_comes() {
            start();
            arrive("1");
            step();
            stepAfter(600);

            assertThat(committed()).isEqualTo(1);
        }

        @Test
        void commits_when_the_connector_asks() {
            start();
            arrive("1");
            step();
            task.context().requestCommit();
            step();

            assertThat(committed()).isEqualTo(1);
        }

        @Test
        void commits_its_position_when_that_is_behind_a_transaction_marker() {
            start();
            arrive("1");
            step();
            consumer.seek(LINES_0, 2); // As a consumer does that has read over a marker.
            stepAfter(600);

            assertThat(committed()).isEqualTo(2);
        }

        @Test
        void commits_only_what_the_connector_calls_safe() {
            start();
            arrive("1", "2", "3");
            step();
            task.safe = Map.of(LINES_0, new OffsetAndMetadata(2));
            stepAfter(600);

            assertThat(committed()).isEqualTo(2);
            assertThat(counters.idle()).isFalse();
        }

        @Test
        void commits_nothing_for_a_connector_that_keeps_its_offsets_itself() {
            start();
            arrive("1");
            step();
            task.safe = Map.of();
            stepAfter(600);

            assertThat(committed()).isNull();
            assertThat(counters.idle()).isTrue();
        }

        @Test
        void commits_nothing_that_was_not_delivered() {
            start();
            arrive("1");
            step();
            task.safe = Map.of(LINES_0, new OffsetAndMetadata(99), LINES_1, new OffsetAndMetadata(1));
            stepAfter(600);

            assertThat(committed()).isNull();
        }

        @Test
        void reads_again_from_the_last_commit_when_the_connector_cannot_commit() {
            start();
            arrive("1");
            step();
            task.preCommitFailure = new IllegalStateException("disk full");
            stepAfter(600);

            assertThat(consumer.position(LINES_0)).isZero();
        }

        @Test
        void is_idle_once_everything_is_committed() {
            start();
            arrive("1");
            step();
            assertThat(counters.idle()).isFalse();

            stepAfter(600);
            assertThat(counters.idle()).isTrue();
        }

        @Test
        void commits_and_closes_partitions_that_are_taken_away() {
            start();
            arrive("1");
            step();
            consumer.rebalance(List.of(LINES_1));

            assertThat(task.offered).containsEntry(LINES_0, new OffsetAndMetadata(1));
            assertThat(task.calls).containsExactly("start", "open[lines-0]", "close[lines-0]", "open[lines-1]");
        }

        @Test
        void commits_closes_and_stops_when_it_ends() {
            start();
            arrive("1");
            step();
            machine.close(false);

            assertThat(task.calls).containsExactly("start", "open[lines-0]", "close[lines-0]", "stop");
            assertThat(task.offered).containsEntry(LINES_0, new OffsetAndMetadata(1));
            assertThat(consumer.closed()).isTrue();
        }

        @Test
        void commits_nothing_when_it_ends_by_failing() {
            start();
            arrive("1");
            step();
            machine.close(true);

            assertThat(task.offered).isEmpty();
            assertThat(task.calls).endsWith("close[lines-0]", "stop");
        }
    }

    @Nested
    class whose_connector_fails {

        @Test
        void puts_the_same_batch_again_after_an_error_that_may_pass() {
            start();
            failing(new RetriableException("busy"));
            arrive("1", "2");
            step();
            assertThat(task.values).isEmpty();
            assertThat(consumer.paused()).containsExactly(LINES_0);

            stepAfter(1_000);
            assertThat(task.values).containsExactly(1L, 2L);
            assertThat(consumer.paused()).isEmpty();
        }

        @Test
        void waits_as_long_as_the_connector_says() {
            start();
            failing(new RetriableException("busy"));
            task.context().timeout(5_000);
            step(); // Takes the timeout for this wait, as there is nothing to put yet.
            task.context().timeout(5_000);
            arrive("1");
            step();
            stepAfter(1_000);
            assertThat(task.values).containsExactly(1L);
        }

        @Test
        void commits_nothing_that_waits_to_be_put_again() {
            start();
            arrive("1");
            step();
            failing(new RetriableException("busy"));
            failing(new RetriableException("busy"));
            arrive("2");
            step();
            stepAfter(COMMIT_INTERVAL_MS);

            assertThat(committed()).isEqualTo(1);
        }

        @Test
        void fails_with_it_when_the_error_does_not_pass() {
            start();
            failing(new IllegalStateException("no such table"));
            arrive("1");

            assertThatThrownBy(A_sink_task.this::step)
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("no such table");
        }
    }

    @Nested
    class given_records_that_cannot_be_processed {

        @Test
        void fails_and_says_where() {
            start();
            arrive("1", "{broken");

            assertThatThrownBy(A_sink_task.this::step).hasMessageContaining("lines-0 offset 1");
        }

        @Test
        void gives_them_up_where_that_is_tolerated() {
            tolerant = true;
            build();
            start();
            arrive("1", "{broken", "3");
            step();

            assertThat(task.values).containsExactly(1L, 3L);
            assertThat(reported).singleElement().satisfies(failed -> {
                assertThat(failed.stage()).isEqualTo(Stage.VALUE_CONVERTER);
                assertThat(failed.consumed().offset()).isEqualTo(1);
            });
        }

        @Test
        void reports_those_that_the_connector_finds_errant_as_they_were_read() {
            tolerant = true;
            build();
            start();
            arrive("1");
            step();
            task.context().errantRecordReporter().report(task.records.get(0), new IllegalArgumentException("odd"));

            assertThat(reported).singleElement().satisfies(failed -> {
                assertThat(failed.stage()).isEqualTo(Stage.TASK_PUT);
                assertThat(new String(failed.consumed().value(), StandardCharsets.UTF_8))
                        .isEqualTo("1");
            });
        }

        @Test
        void reports_those_that_the_connector_made_itself() {
            tolerant = true;
            build();
            start();
            task.context()
                    .errantRecordReporter()
                    .report(new SinkRecord("lines", 0, null, null, null, 7L, 3), new IllegalArgumentException("odd"));

            assertThat(new String(reported.get(0).consumed().value(), StandardCharsets.UTF_8))
                    .isEqualTo("7");
        }

        @Test
        void does_not_let_the_connector_give_up_what_must_not_be() {
            start();
            arrive("1");
            step();

            assertThatThrownBy(() -> task.context()
                            .errantRecordReporter()
                            .report(task.records.get(0), new IllegalArgumentException("odd")))
                    .isInstanceOf(ConnectException.class);
        }
    }
}
