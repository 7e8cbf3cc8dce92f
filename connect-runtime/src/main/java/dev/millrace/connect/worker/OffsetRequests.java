package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.ContextLoader;
import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.worker.answer.ConnectorOffsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;

/** Shows, alters and resets the offsets of connectors (KIP-875). Whether the connector is stopped has been checked before. */
final class OffsetRequests {

    private static final String TOPIC = "kafka_topic";
    private static final String PARTITION = "kafka_partition";
    private static final String OFFSET = "kafka_offset";
    private static final long TIMEOUT_MS = 30_000;

    private final WorkerStorage storage;
    private final Admin admin;
    private final ConfiguredPlugins plugins;

    OffsetRequests(WorkerStorage storage, Admin admin, ConfiguredPlugins plugins) {
        this.storage = storage;
        this.admin = admin;
        this.plugins = plugins;
    }

    ConnectorOffsets show(String connector, Map<String, String> config) {
        if (isSink(config)) {
            return showGroup(Clients.sinkGroup(connector, config));
        }
        storage.log().readToEndNow(storage.offsets().topic());
        List<ConnectorOffsets.Entry> entries = new ArrayList<>();
        storage.offsets()
                .of(connector)
                .forEach((partition, offset) -> entries.add(new ConnectorOffsets.Entry(partition, offset)));
        return new ConnectorOffsets(entries);
    }

    private boolean isSink(Map<String, String> config) {
        return plugins.connector(config).type() == PluginType.SINK;
    }

    private ConnectorOffsets showGroup(String group) {
        List<ConnectorOffsets.Entry> entries = new ArrayList<>();
        committed(group).forEach((partition, offset) -> {
            Map<String, @Nullable Object> key = new LinkedHashMap<>();
            key.put(PARTITION, partition.partition());
            key.put(TOPIC, partition.topic());
            Map<String, @Nullable Object> value = new LinkedHashMap<>();
            value.put(OFFSET, offset.offset());
            entries.add(new ConnectorOffsets.Entry(key, value));
        });
        return new ConnectorOffsets(entries);
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String group) {
        try {
            return get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata(), group);
        } catch (ConnectException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw e;
        }
    }

    String alter(String connector, Map<String, String> config, ConnectorOffsets wanted) {
        return isSink(config) ? alterSink(connector, config, wanted) : alterSource(connector, config, wanted);
    }

    private String alterSource(String connector, Map<String, String> config, ConnectorOffsets wanted) {
        Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> changes = new LinkedHashMap<>();
        wanted.offsets().forEach(entry -> changes.put(entry.partition(), entry.offset()));
        return changeSource(connector, config, changes, "altered");
    }

    private String changeSource(
            String connector,
            Map<String, String> config,
            Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> changes,
            String done) {
        boolean confirmed =
                ask(config, plugin -> ((SourceConnector) plugin).alterOffsets(config, new HashMap<>(changes)));
        storage.offsets().writer(storage.log(), connector).write(changes);
        storage.log().readToEndNow(storage.offsets().topic());
        return said(done, confirmed);
    }

    private String alterSink(String connector, Map<String, String> config, ConnectorOffsets wanted) {
        Map<TopicPartition, @Nullable Long> changes = new LinkedHashMap<>();
        wanted.offsets().forEach(entry -> changes.put(partition(entry), offset(entry)));
        return changeSink(connector, config, changes, "altered");
    }

    private String changeSink(
            String connector, Map<String, String> config, Map<TopicPartition, @Nullable Long> changes, String done) {
        boolean confirmed =
                ask(config, plugin -> ((SinkConnector) plugin).alterOffsets(config, new HashMap<>(changes)));
        String group = Clients.sinkGroup(connector, config);
        Map<TopicPartition, OffsetAndMetadata> moved = new HashMap<>();
        changes.forEach((partition, offset) -> {
            if (offset != null) {
                moved.put(partition, new OffsetAndMetadata(offset));
            }
        });
        List<TopicPartition> forgotten = changes.keySet().stream()
                .filter(partition -> !moved.containsKey(partition))
                .toList();
        try {
            if (!moved.isEmpty()) {
                get(admin.alterConsumerGroupOffsets(group, moved).all(), group);
            }
            if (!forgotten.isEmpty()) {
                get(
                        admin.deleteConsumerGroupOffsets(group, new HashSet<>(forgotten))
                                .all(),
                        group);
            }
        } catch (ConnectException e) {
            if (e.getCause() instanceof UnknownMemberIdException || e.getCause() instanceof GroupNotEmptyException) {
                throw new RequestRefused(
                        500,
                        "Failed to alter consumer group offsets for connector " + connector
                                + " either because its tasks haven't stopped completely yet or the connector was resumed"
                                + " before the request to alter its offsets could be successfully completed. If the"
                                + " connector is in a stopped state, this operation can be safely retried.");
            }
            throw e;
        }
        return said(done, confirmed);
    }

    private static TopicPartition partition(ConnectorOffsets.Entry entry) {
        Object topic = entry.partition().get(TOPIC);
        Object partition = entry.partition().get(PARTITION);
        try {
            if (topic instanceof String name && partition != null) {
                return new TopicPartition(name, Integer.parseInt(partition.toString()));
            }
        } catch (NumberFormatException e) {
            throw wrongSinkOffset(entry);
        }
        throw wrongSinkOffset(entry);
    }

    private static @Nullable Long offset(ConnectorOffsets.Entry entry) {
        if (entry.offset() == null) {
            return null;
        }
        try {
            return Long.parseLong(String.valueOf(entry.offset().get(OFFSET)));
        } catch (NumberFormatException e) {
            throw wrongSinkOffset(entry);
        }
    }

    private static RequestRefused wrongSinkOffset(ConnectorOffsets.Entry entry) {
        return RequestRefused.badRequest("The offset of a sink connector is {\"partition\": {\"" + TOPIC
                + "\": text, \"" + PARTITION + "\": number}, \"offset\": {\"" + OFFSET + "\": number}}, not " + entry);
    }

    String reset(String connector, Map<String, String> config) {
        if (isSink(config)) {
            Map<TopicPartition, @Nullable Long> all = new LinkedHashMap<>();
            committed(Clients.sinkGroup(connector, config)).keySet().forEach(partition -> all.put(partition, null));
            return changeSink(connector, config, all, "reset");
        }
        storage.log().readToEndNow(storage.offsets().topic());
        Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> all = new LinkedHashMap<>();
        storage.offsets().of(connector).keySet().forEach(partition -> all.put(partition, null));
        return changeSource(connector, config, all, "reset");
    }

    private interface Question {
        boolean ask(Connector connector);
    }

    private boolean ask(Map<String, String> config, Question question) {
        Plugin plugin = plugins.connector(config);
        try (ContextLoader ignored = ContextLoader.use(plugin.loader())) {
            return question.ask(plugin.newInstance(Connector.class));
        } catch (UnsupportedOperationException e) {
            throw RequestRefused.badRequest("Failed to modify offsets because " + plugin.className()
                    + " does not support it: " + e.getMessage());
        }
    }

    /** As Kafka Connect puts it. */
    private static String said(String done, boolean confirmed) {
        return confirmed
                ? "The offsets for this connector have been " + done + " successfully"
                : "The Connect framework-managed offsets for this connector have been " + done
                        + " successfully. However, if this connector manages offsets externally, they will need to be"
                        + " manually " + done + " in the system that the connector uses.";
    }

    private static <T> T get(KafkaFuture<T> future, String group) {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new ConnectException("Offsets of group " + group + ": " + e.getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new ConnectException("Offsets of group " + group + ": the cluster does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted", e);
        }
    }
}
