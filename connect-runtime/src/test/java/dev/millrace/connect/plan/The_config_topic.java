package dev.millrace.connect.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.plan.PlanEvent.ConnectorConfigured;
import dev.millrace.connect.plan.PlanEvent.ConnectorRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateRemoved;
import dev.millrace.connect.plan.PlanEvent.TargetStateSet;
import dev.millrace.connect.plan.PlanEvent.TaskConfigured;
import dev.millrace.connect.plan.PlanEvent.TasksCommitted;
import dev.millrace.connect.plan.PlanEvent.TasksFenced;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The records are those that Kafka Connect's workers write: read from a config topic of one. */
class The_config_topic {

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(
                        new ConnectorConfigured("a-b", Map.of("name", "a-b")),
                        "connector-a-b",
                        "{\"properties\":{\"name\":\"a-b\"}}"),
                Arguments.of(new ConnectorRemoved("a-b"), "connector-a-b", null),
                Arguments.of(
                        new TaskConfigured(new TaskId("a-b", 12), Map.of("file", "x")),
                        "task-a-b-12",
                        "{\"properties\":{\"file\":\"x\"}}"),
                Arguments.of(new TasksCommitted("a-b", 13), "commit-a-b", "{\"tasks\":13}"),
                Arguments.of(
                        new TargetStateSet("a-b", TargetState.STOPPED),
                        "target-state-a-b",
                        "{\"state\":\"PAUSED\",\"state.v2\":\"STOPPED\"}"),
                Arguments.of(
                        new TargetStateSet("a-b", TargetState.RUNNING),
                        "target-state-a-b",
                        "{\"state\":\"STARTED\",\"state.v2\":\"STARTED\"}"),
                Arguments.of(new TargetStateRemoved("a-b"), "target-state-a-b", null),
                Arguments.of(new TasksFenced("a-b", 2), "tasks-fencing-a-b", "{\"task-count\":2}"));
    }

    @ParameterizedTest
    @MethodSource("records")
    void holds_events_in_the_form_of_kafka_connect(PlanEvent event, String key, String value) {
        PlanRecords.Entry entry = PlanRecords.encode(event);

        assertThat(entry.key()).isEqualTo(key);
        assertThat(entry.value() == null ? null : new String(entry.value(), StandardCharsets.UTF_8))
                .isEqualTo(value);
        assertThat(PlanRecords.decode(entry.key(), entry.value())).contains(event);
    }

    @Test
    void is_understood_as_older_workers_wrote_it() {
        assertThat(PlanRecords.decode("target-state-a", bytes("{\"state\":\"PAUSED\"}")))
                .contains(new TargetStateSet("a", TargetState.PAUSED));
    }

    @Test
    void may_hold_records_of_no_concern() {
        assertThat(PlanRecords.decode("session-key", bytes("{\"key\":\"x\"}"))).isEmpty();
        assertThat(PlanRecords.decode("restart-connector-a", bytes("{\"only-failed\":false}")))
                .isEmpty();
        assertThat(PlanRecords.decode("logger-cluster-a", bytes("{\"level\":\"DEBUG\"}")))
                .isEmpty();
    }

    @Test
    void may_hold_values_that_make_no_sense() {
        assertThat(PlanRecords.decode("connector-a", bytes("not json"))).isEmpty();
        assertThat(PlanRecords.decode("connector-a", bytes("{\"other\":1}"))).isEmpty();
        assertThat(PlanRecords.decode("task-a-x", bytes("{\"properties\":{}}"))).isEmpty();
        assertThat(PlanRecords.decode("commit-a", bytes("{\"tasks\":\"two\"}"))).isEmpty();
        assertThat(PlanRecords.decode("task-a-0", null)).isEmpty();
        assertThat(PlanRecords.decode("target-state-a", bytes("{\"state\":\"FLYING\"}")))
                .isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
