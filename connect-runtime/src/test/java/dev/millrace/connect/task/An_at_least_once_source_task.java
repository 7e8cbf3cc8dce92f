package dev.millrace.connect.task;

import static dev.millrace.connect.task.ScriptedSource.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class An_at_least_once_source_task {

    private final SourceHarness harness = new SourceHarness(false);
    private final List<Map<Map<String, ?>, Map<String, ?>>> written = new ArrayList<>();
    private final List<Runnable> asked = new ArrayList<>();
    private boolean writesFail;
    private AtLeastOnceDelivery delivery;
    private SourceTaskMachine machine;

    private final CommitSchedule schedule = new CommitSchedule() {
        @Override
        public void add(Runnable commit) {}

        @Override
        public void soon(Runnable commit) {
            asked.add(commit);
        }

        @Override
        public void remove(Runnable commit) {}
    };

    @BeforeEach
    void build() {
        SourceTaskSettings settings = harness.settings();
        delivery = new AtLeastOnceDelivery(
                settings,
                harness.producer,
                offsets -> {
                    if (writesFail) {
                        throw new ConnectException("no leader");
                    }
                    written.add(new HashMap<>(offsets));
                },
                schedule,
                Duration.ofSeconds(1));
        machine = harness.machine(settings, delivery);
    }

    private void step() {
        machine.step(harness.clock.nowMs, false);
    }

    private static Map<Map<String, ?>, Map<String, ?>> upTo(int line) {
        return Map.of(ScriptedSource.PARTITION, Map.of("line", line));
    }

    @Test
    void sends_what_it_polls_without_waiting_for_the_broker() {
        harness.task.returns(record(1), record(2));
        step();

        assertThat(harness.sentValues()).containsExactly("v1", "v2");
        assertThat(harness.counters.in()).isEqualTo(2);
        assertThat(harness.counters.out()).isZero();
        assertThat(harness.counters.uncommitted()).isEqualTo(2);
    }

    @Test
    void commits_no_offset_beyond_a_record_that_is_not_acknowledged() {
        harness.task.returns(record(1), record(2), record(3));
        step();
        harness.producer.completeNext();
        delivery.commitOffsets();

        assertThat(written).containsExactly(upTo(1));
    }

    @Test
    void commits_the_last_of_many_acknowledged_offsets() {
        harness.task.returns(record(1), record(2), record(3));
        step();
        harness.producer.flush();
        delivery.commitOffsets();

        assertThat(written).containsExactly(upTo(3));
        assertThat(harness.task.commits).isEqualTo(1);
        assertThat(harness.task.committedValues).containsExactly("v1", "v2", "v3");
    }

    @Test
    void commits_again_what_could_not_be_committed() {
        harness.task.returns(record(1));
        step();
        harness.producer.flush();
        writesFail = true;
        delivery.commitOffsets();
        writesFail = false;
        delivery.commitOffsets();

        assertThat(written).containsExactly(upTo(1));
    }

    @Test
    void asks_for_a_commit_as_soon_as_it_has_nothing_else_to_do() {
        harness.task.returns(record(1));
        step();
        harness.producer.flush();
        step();

        assertThat(asked).hasSize(1);
    }

    @Test
    void is_idle_only_when_everything_is_committed() {
        harness.task.returns(record(1));
        step();
        step();
        assertThat(harness.counters.idle()).isFalse();

        harness.producer.flush();
        step();
        assertThat(harness.counters.idle()).isFalse();

        delivery.commitOffsets();
        step();
        assertThat(harness.counters.idle()).isTrue();
    }

    @Test
    void is_no_longer_idle_when_something_comes() {
        step();
        assertThat(harness.counters.idle()).isTrue();

        harness.task.returns(record(1));
        step();
        assertThat(harness.counters.idle()).isFalse();
    }

    @Test
    void moves_on_over_records_that_a_transformation_drops() {
        harness.transform(SourceHarness.transformation(record -> null));
        build();
        harness.task.returns(record(1));
        step();
        delivery.commitOffsets();

        assertThat(harness.sentValues()).isEmpty();
        assertThat(written).containsExactly(upTo(1));
        assertThat(harness.counters.skipped()).isEqualTo(1);
    }

    @Test
    void fails_when_a_record_cannot_be_processed() {
        harness.transform(SourceHarness.transformation(record -> {
            throw new IllegalArgumentException("odd");
        }));
        build();
        harness.task.returns(record(1));

        assertThatThrownBy(this::step).isInstanceOf(ConnectException.class).hasMessageContaining("odd");
    }

    @Test
    void gives_up_single_records_where_that_is_tolerated() {
        harness.tolerant = true;
        harness.transform(SourceHarness.transformation(record -> {
            if (record.value().equals("v1")) {
                throw new IllegalArgumentException("odd");
            }
            return record;
        }));
        build();
        harness.task.returns(record(1), record(2));
        step();
        harness.producer.flush();
        delivery.commitOffsets();

        assertThat(harness.sentValues()).containsExactly("v2");
        assertThat(harness.counters.failed()).isEqualTo(1);
        assertThat(written).containsExactly(upTo(2));
    }

    @Test
    void fails_when_the_broker_refuses_a_record() {
        harness.task.returns(record(1));
        step();
        harness.producer.errorNext(new IllegalStateException("too large"));

        assertThatThrownBy(this::step).hasMessageContaining("too large");
    }

    @Test
    void does_not_commit_past_a_record_that_the_broker_refused() {
        harness.task.returns(record(1), record(2));
        step();
        harness.producer.errorNext(new IllegalStateException("too large"));
        harness.producer.flush();
        delivery.commitOffsets();

        assertThat(written).isEmpty();
    }

    @Test
    void sends_the_rest_later_when_the_producer_cannot_take_it_now() {
        harness.task.returns(record(1), record(2));
        harness.producer.sendException = new TimeoutException("no metadata");
        assertThat(machine.step(harness.clock.nowMs, false)).isPositive();
        harness.producer.sendException = null;
        step();

        assertThat(harness.sentValues()).containsExactly("v1", "v2");
        assertThat(delivery.uncommitted()).isEqualTo(2);
    }

    @Test
    void polls_again_after_an_error_that_may_pass() {
        harness.task.throwsOnPoll(new RetriableException("busy"));
        harness.task.returns(record(1));
        step();
        step();

        assertThat(harness.sentValues()).containsExactly("v1");
    }

    @Test
    void does_not_poll_while_paused() {
        harness.task.returns(record(1));
        assertThat(machine.step(harness.clock.nowMs, true)).isPositive();

        assertThat(harness.sentValues()).isEmpty();
    }

    @Test
    void commits_what_is_acknowledged_when_it_ends() {
        harness.task.returns(record(1));
        step();
        harness.producer.flush();
        machine.close(false);

        assertThat(written).containsExactly(upTo(1));
        assertThat(harness.task.stopped).isTrue();
        assertThat(harness.producer.closed()).isTrue();
    }

    @Test
    void ensures_a_topic_before_it_writes_there_and_notes_its_use() {
        harness.task.returns(record(1));
        step();

        assertThat(harness.ensured).containsExactly("lines");
        assertThat(harness.topicsInUse).containsExactly("lines");
    }
}
