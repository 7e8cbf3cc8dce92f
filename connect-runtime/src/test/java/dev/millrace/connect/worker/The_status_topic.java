package dev.millrace.connect.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.RunState;
import dev.millrace.connect.worker.storage.StatusStore;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The records are those that Kafka Connect's workers write: read from a status topic of one. */
class The_status_topic {

    private final StatusStore statuses = new StatusStore("status", "here:8083");

    private void given(String key, String value) {
        statuses.read(new ConsumerRecord<>(
                "status",
                0,
                0,
                key.getBytes(StandardCharsets.UTF_8),
                value == null ? null : value.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void tells_what_a_connector_and_its_tasks_do() {
        given("status-connector-a-b", "{\"state\":\"RUNNING\",\"trace\":null,\"worker_id\":\"w:1\",\"generation\":3}");
        given("status-task-a-b-0", "{\"state\":\"FAILED\",\"trace\":\"why\",\"worker_id\":\"w:1\",\"generation\":3}");

        assertThat(statuses.connector("a-b")).isEqualTo(new StatusStore.Status(RunState.RUNNING, "w:1", null, null));
        assertThat(statuses.tasks("a-b"))
                .containsEntry(new TaskId("a-b", 0), new StatusStore.Status(RunState.FAILED, "w:1", "why", null));
    }

    @Test
    void forgets_with_tombstones() {
        given("status-connector-a", "{\"state\":\"RUNNING\",\"worker_id\":\"w:1\",\"generation\":3}");
        given("status-connector-a", null);

        assertThat(statuses.connector("a")).isNull();
    }

    @Test
    void tells_the_topics_that_a_connector_uses() {
        given(
                "status-topic-t:connector-a",
                "{\"topic\":{\"name\":\"t\",\"connector\":\"a\",\"task\":0,\"discoverTimestamp\":1}}");
        assertThat(statuses.topics("a")).containsExactly("t");

        given("status-topic-t:connector-a", null);
        assertThat(statuses.topics("a")).isEmpty();
    }

    @Test
    void may_hold_records_that_make_no_sense() {
        given("status-connector-a", "nonsense");
        given("status-connector-a", "{\"state\":\"FLYING\"}");
        given("other", "{}");

        assertThat(statuses.connectors()).isEmpty();
    }
}
