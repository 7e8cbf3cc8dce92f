package dev.millrace.connect.plan;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A task of a connector, by its number from 0. Its JSON form is that of Kafka Connect's REST API. */
public record TaskId(
        @JsonProperty("connector") String connector,
        @JsonProperty("task") int task) implements Comparable<TaskId> {

    @Override
    public int compareTo(TaskId other) {
        int byConnector = connector.compareTo(other.connector);
        return byConnector != 0 ? byConnector : Integer.compare(task, other.task);
    }

    /** As in thread names, client ids and transactional ids: {@code connector-0}. */
    @Override
    public String toString() {
        return connector + "-" + task;
    }
}
