package dev.millrace.connect.worker.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.answer.RunState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of connectors and tasks, and the topics they use, in the status topic; in the form in which Kafka Connect's
 * workers write and read them. A state is visible once it has been read back. Thread-safe.
 */
public final class StatusStore implements StorageLog.Reader {

    private static final Logger LOG = LoggerFactory.getLogger(StatusStore.class);

    private static final String CONNECTOR = "status-connector-";
    private static final String TASK = "status-task-";
    private static final String TOPIC = "status-topic-";
    private static final String TOPIC_OF = ":connector-";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Statuses of an older generation of the worker group are overwritten; a worker on its own is always of the first. */
    private static final int GENERATION = 1;

    private final String topic;
    private final String workerId;
    private final Map<String, Status> connectors = new ConcurrentHashMap<>();
    private final Map<TaskId, Status> tasks = new ConcurrentHashMap<>();
    private final Map<String, Set<String>> topicsByConnector = new ConcurrentHashMap<>();

    /** @param trace null unless it failed */
    public record Status(
            RunState state,
            String workerId,
            @Nullable String trace,
            @Nullable String version) {}

    public StatusStore(String topic, String workerId) {
        this.topic = topic;
        this.workerId = workerId;
    }

    public @Nullable Status connector(String name) {
        return connectors.get(name);
    }

    /** All connectors of which there is a state. */
    public Set<String> connectors() {
        return Set.copyOf(connectors.keySet());
    }

    /** All tasks of which there is a state. */
    public Set<TaskId> tasks() {
        return Set.copyOf(tasks.keySet());
    }

    public SortedMap<TaskId, Status> tasks(String connector) {
        SortedMap<TaskId, Status> found = new TreeMap<>();
        tasks.forEach((task, status) -> {
            if (task.connector().equals(connector)) {
                found.put(task, status);
            }
        });
        return found;
    }

    public Set<String> topics(String connector) {
        return new TreeSet<>(topicsByConnector.getOrDefault(connector, Set.of()));
    }

    public boolean usesTopic(String connector, String used) {
        return topicsByConnector.getOrDefault(connector, Set.of()).contains(used);
    }

    public void put(
            StorageLog log, String connector, RunState state, @Nullable String trace, @Nullable String version) {
        append(log, CONNECTOR + connector, encode(state, trace, version));
    }

    public void put(StorageLog log, TaskId task, RunState state, @Nullable String trace, @Nullable String version) {
        append(log, TASK + task, encode(state, trace, version));
    }

    public void putTopic(StorageLog log, TaskId task, String used, long nowMs) {
        ObjectNode value = JSON.createObjectNode();
        value.putObject("topic")
                .put("name", used)
                .put("connector", task.connector())
                .put("task", task.task())
                .put("discoverTimestamp", nowMs);
        append(log, TOPIC + used + TOPIC_OF + task.connector(), write(value));
    }

    public void remove(StorageLog log, TaskId task) {
        append(log, TASK + task, null);
    }

    public void remove(StorageLog log, String connector) {
        append(log, CONNECTOR + connector, null);
        removeTopics(log, connector);
    }

    public void removeTopics(StorageLog log, String connector) {
        for (String used : topics(connector)) {
            append(log, TOPIC + used + TOPIC_OF + connector, null);
        }
    }

    private byte[] encode(RunState state, @Nullable String trace, @Nullable String version) {
        return write(JSON.createObjectNode()
                .put("state", state.name())
                .put("trace", trace)
                .put("worker_id", workerId)
                .put("generation", GENERATION)
                .put("version", version));
    }

    private static byte[] write(ObjectNode value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void append(StorageLog log, String key, byte @Nullable [] value) {
        log.append(topic, key.getBytes(StandardCharsets.UTF_8), value).whenComplete((metadata, error) -> {
            if (error != null) {
                LOG.warn("Status not written: key={} error={}", key, error.toString());
            }
        });
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        JsonNode value;
        try {
            value = record.value() == null ? null : JSON.readTree(record.value());
        } catch (IOException e) {
            LOG.warn("Status record that is no JSON: key={} offset={}", key, record.offset());
            return;
        }
        if (key.startsWith(CONNECTOR)) {
            keep(connectors, key.substring(CONNECTOR.length()), value);
        } else if (key.startsWith(TASK)) {
            String text = key.substring(TASK.length());
            int dash = text.lastIndexOf('-');
            if (dash > 0 && text.substring(dash + 1).matches("\\d{1,9}")) {
                keep(tasks, new TaskId(text.substring(0, dash), Integer.parseInt(text.substring(dash + 1))), value);
            }
        } else if (key.startsWith(TOPIC) && key.contains(TOPIC_OF)) {
            int split = key.lastIndexOf(TOPIC_OF);
            keepTopic(key.substring(split + TOPIC_OF.length()), key.substring(TOPIC.length(), split), value == null);
        }
    }

    private void keepTopic(String connector, String used, boolean removed) {
        Set<String> topics = topicsByConnector.computeIfAbsent(connector, c -> new ConcurrentSkipListSet<>());
        if (removed) {
            topics.remove(used);
        } else {
            topics.add(used);
        }
    }

    private static <K> void keep(Map<K, Status> statuses, K key, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            statuses.remove(key);
            return;
        }
        try {
            statuses.put(
                    key,
                    new Status(
                            RunState.valueOf(value.path("state").asText()),
                            value.path("worker_id").asText(),
                            value.path("trace").textValue(),
                            value.path("version").textValue()));
        } catch (IllegalArgumentException e) {
            LOG.warn("Status record with an unknown state: key={} state={}", key, value.path("state"));
        }
    }
}
