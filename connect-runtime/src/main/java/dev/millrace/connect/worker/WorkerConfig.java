package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.NearestName;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a worker, under the names and with the meanings of Kafka Connect's distributed worker. Differences: the
 * group id, the converters and the storage topics have defaults (those of the example file that comes with Kafka); a
 * replication factor that is not given is 3 or the number of brokers, whichever is less; an unknown key is an error.
 * Immutable.
 */
public final class WorkerConfig {

    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";
    public static final String GROUP_ID = "group.id";
    public static final String KEY_CONVERTER = "key.converter";
    public static final String VALUE_CONVERTER = "value.converter";
    public static final String HEADER_CONVERTER = "header.converter";
    public static final String CONFIG_TOPIC = "config.storage.topic";
    public static final String OFFSET_TOPIC = "offset.storage.topic";
    public static final String STATUS_TOPIC = "status.storage.topic";
    public static final String OFFSET_FLUSH_INTERVAL_MS = "offset.flush.interval.ms";
    public static final String OFFSET_FLUSH_TIMEOUT_MS = "offset.flush.timeout.ms";
    public static final String TASK_SHUTDOWN_TIMEOUT_MS = "task.shutdown.graceful.timeout.ms";
    public static final String EXACTLY_ONCE_SOURCE = "exactly.once.source.support";
    public static final String PLUGIN_PATH = "plugin.path";
    public static final String PLUGIN_DISCOVERY = "plugin.discovery";
    public static final String TOPIC_CREATION = "topic.creation.enable";
    public static final String TOPIC_TRACKING = "topic.tracking.enable";
    public static final String TOPIC_TRACKING_RESET = "topic.tracking.allow.reset";
    public static final String CLIENT_OVERRIDE_POLICY = "connector.client.config.override.policy";
    public static final String CONFIG_PROVIDERS = "config.providers";

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";
    private static final String SIMPLE_HEADERS = "org.apache.kafka.connect.storage.SimpleHeaderConverter";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(BOOTSTRAP_SERVERS, ConfigDef.Type.LIST, Importance.HIGH, "Brokers to reach the cluster through.")
            .define(
                    GROUP_ID,
                    ConfigDef.Type.STRING,
                    "connect-cluster",
                    Importance.HIGH,
                    "The cluster of workers this one is of.")
            .define(
                    KEY_CONVERTER,
                    ConfigDef.Type.STRING,
                    JSON,
                    Importance.HIGH,
                    "Converter of keys, unless a connector has its own.")
            .define(VALUE_CONVERTER, ConfigDef.Type.STRING, JSON, Importance.HIGH, "Converter of values, likewise.")
            .define(
                    HEADER_CONVERTER,
                    ConfigDef.Type.STRING,
                    SIMPLE_HEADERS,
                    Importance.LOW,
                    "Converter of headers, likewise.")
            .define(
                    CONFIG_TOPIC,
                    ConfigDef.Type.STRING,
                    "connect-configs",
                    Importance.HIGH,
                    "Where connector configs are kept.")
            .define(
                    OFFSET_TOPIC,
                    ConfigDef.Type.STRING,
                    "connect-offsets",
                    Importance.HIGH,
                    "Where source offsets are kept.")
            .define(STATUS_TOPIC, ConfigDef.Type.STRING, "connect-status", Importance.HIGH, "Where states are kept.")
            .define(
                    "config.storage.replication.factor",
                    ConfigDef.Type.SHORT,
                    null,
                    Importance.LOW,
                    "Copies of the config topic.")
            .define(
                    "offset.storage.replication.factor",
                    ConfigDef.Type.SHORT,
                    null,
                    Importance.LOW,
                    "Copies of the offset topic.")
            .define(
                    "status.storage.replication.factor",
                    ConfigDef.Type.SHORT,
                    null,
                    Importance.LOW,
                    "Copies of the status topic.")
            .define(
                    "offset.storage.partitions",
                    ConfigDef.Type.INT,
                    25,
                    Importance.LOW,
                    "Partitions of the offset topic.")
            .define(
                    "status.storage.partitions",
                    ConfigDef.Type.INT,
                    5,
                    Importance.LOW,
                    "Partitions of the status topic.")
            .define(
                    OFFSET_FLUSH_INTERVAL_MS,
                    ConfigDef.Type.LONG,
                    60_000L,
                    Range.atLeast(1),
                    Importance.LOW,
                    "How often tasks commit.")
            .define(
                    OFFSET_FLUSH_TIMEOUT_MS,
                    ConfigDef.Type.LONG,
                    5_000L,
                    Range.atLeast(1),
                    Importance.LOW,
                    "How long a commit may take.")
            .define(
                    TASK_SHUTDOWN_TIMEOUT_MS,
                    ConfigDef.Type.LONG,
                    5_000L,
                    Range.atLeast(0),
                    Importance.LOW,
                    "How long tasks may take to stop.")
            .define(
                    EXACTLY_ONCE_SOURCE,
                    ConfigDef.Type.STRING,
                    "disabled",
                    ConfigDef.CaseInsensitiveValidString.in("disabled", "preparing", "enabled"),
                    Importance.HIGH,
                    "Whether source tasks write records and offsets in transactions (KIP-618).")
            .define(PLUGIN_PATH, ConfigDef.Type.LIST, "", Importance.LOW, "Folders that hold plugins.")
            .define(
                    PLUGIN_DISCOVERY,
                    ConfigDef.Type.STRING,
                    "hybrid_warn",
                    ConfigDef.CaseInsensitiveValidString.in("only_scan", "service_load", "hybrid_warn", "hybrid_fail"),
                    Importance.LOW,
                    "How plugins are found (KIP-898).")
            .define(
                    TOPIC_CREATION,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    Importance.LOW,
                    "Whether topic.creation settings count (KIP-158).")
            .define(
                    TOPIC_TRACKING,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    Importance.LOW,
                    "Whether topics in use are noted (KIP-558).")
            .define(
                    TOPIC_TRACKING_RESET,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    Importance.LOW,
                    "Whether these notes may be cleared.")
            .define(
                    CLIENT_OVERRIDE_POLICY,
                    ConfigDef.Type.STRING,
                    "All",
                    Importance.MEDIUM,
                    "Which client settings connectors may set.")
            .define(
                    CONFIG_PROVIDERS,
                    ConfigDef.Type.LIST,
                    "",
                    Importance.LOW,
                    "Providers of values for ${…} references (KIP-297).")
            .define(
                    "rest.advertised.host.name",
                    ConfigDef.Type.STRING,
                    null,
                    Importance.LOW,
                    "The host in this worker's id.")
            .define("rest.advertised.port", ConfigDef.Type.INT, null, Importance.LOW, "The port in this worker's id.");

    /** Settings of Kafka's worker that concern parts which are not in this module or not in this program: taken, not used. */
    private static final Set<String> UNUSED = Set.of(
            "listeners",
            "admin.listeners",
            "rest.advertised.listener",
            "rest.extension.classes",
            "access.control.allow.origin",
            "access.control.allow.methods",
            "response.http.headers.config",
            "ssl.client.auth",
            "session.timeout.ms",
            "rebalance.timeout.ms",
            "heartbeat.interval.ms",
            "worker.sync.timeout.ms",
            "worker.unsync.backoff.ms",
            "connect.protocol",
            "scheduled.rebalance.max.delay.ms",
            "inter.worker.key.ttl.ms",
            "inter.worker.key.generation.algorithm",
            "inter.worker.key.size",
            "inter.worker.signature.algorithm",
            "inter.worker.verification.algorithms",
            "metrics.sample.window.ms",
            "metrics.num.samples",
            "metrics.recording.level",
            "metric.reporters",
            "key.converter.plugin.version",
            "value.converter.plugin.version",
            "header.converter.plugin.version");

    private static final List<String> PREFIXES = List.of(
            "producer.",
            "consumer.",
            "admin.",
            "key.converter.",
            "value.converter.",
            "header.converter.",
            "config.providers.",
            "config.storage.",
            "offset.storage.",
            "status.storage.",
            "metrics.context.",
            "connector.client.config.override.");

    /** Client settings that a worker sets by itself, per client. */
    private static final Set<String> OWN_CLIENT_KEYS = Set.of(GROUP_ID, "client.id", "transactional.id");

    private final AbstractConfig parsed;

    private WorkerConfig(AbstractConfig parsed) {
        this.parsed = parsed;
    }

    /**
     * Reads and checks settings. References to config providers are resolved.
     *
     * @throws ConfigException naming the setting that is unknown, missing or wrong, and how to mend it
     */
    public static WorkerConfig of(Map<String, String> settings) {
        Set<String> known = new TreeSet<>(DEFINITION.names());
        known.addAll(UNUSED);
        known.addAll(AdminClientConfig.configNames());
        known.addAll(ConsumerConfig.configNames());
        known.addAll(ProducerConfig.configNames());
        for (String key : settings.keySet()) {
            if (!known.contains(key) && PREFIXES.stream().noneMatch(key::startsWith)) {
                throw new ConfigException("Unknown worker setting \"" + key + "\""
                        + NearestName.of(key, known)
                                .map(near -> ": did you mean \"" + near + "\"?")
                                .orElse(": remove it, or check its spelling."));
            }
        }
        return new WorkerConfig(new AbstractConfig(DEFINITION, settings, false));
    }

    /** A topic in which a worker keeps its state. */
    public record StorageTopic(
            String name, int partitions, @Nullable Short replicationFactor, Map<String, String> settings) {}

    public enum ExactlyOnceSource {
        DISABLED,
        /** Workers are being rolled to enabled: the config topic is written in transactions already, tasks are not. */
        PREPARING,
        ENABLED
    }

    public String groupId() {
        return parsed.getString(GROUP_ID);
    }

    public String keyConverter() {
        return parsed.getString(KEY_CONVERTER);
    }

    public String valueConverter() {
        return parsed.getString(VALUE_CONVERTER);
    }

    public String headerConverter() {
        return parsed.getString(HEADER_CONVERTER);
    }

    /** One partition, always: configs are read in the order in which they were written. */
    public StorageTopic configTopic() {
        return storageTopic("config.storage.", 1);
    }

    public StorageTopic offsetTopic() {
        return storageTopic("offset.storage.", parsed.getInt("offset.storage.partitions"));
    }

    public StorageTopic statusTopic() {
        return storageTopic("status.storage.", parsed.getInt("status.storage.partitions"));
    }

    private StorageTopic storageTopic(String prefix, int partitions) {
        Map<String, String> settings = new HashMap<>();
        parsed.originalsWithPrefix(prefix).forEach((key, value) -> {
            if (!Set.of("topic", "partitions", "replication.factor").contains(key)) {
                settings.put(key, String.valueOf(value));
            }
        });
        return new StorageTopic(
                parsed.getString(prefix + "topic"),
                partitions,
                parsed.getShort(prefix + "replication.factor"),
                Map.copyOf(settings));
    }

    public long offsetFlushIntervalMs() {
        return parsed.getLong(OFFSET_FLUSH_INTERVAL_MS);
    }

    public long offsetFlushTimeoutMs() {
        return parsed.getLong(OFFSET_FLUSH_TIMEOUT_MS);
    }

    public long taskShutdownTimeoutMs() {
        return parsed.getLong(TASK_SHUTDOWN_TIMEOUT_MS);
    }

    public ExactlyOnceSource exactlyOnceSource() {
        return ExactlyOnceSource.valueOf(parsed.getString(EXACTLY_ONCE_SOURCE).toUpperCase(Locale.ROOT));
    }

    public List<String> pluginPath() {
        return parsed.getList(PLUGIN_PATH);
    }

    public String pluginDiscovery() {
        return parsed.getString(PLUGIN_DISCOVERY);
    }

    public boolean topicCreation() {
        return parsed.getBoolean(TOPIC_CREATION);
    }

    public boolean topicTracking() {
        return parsed.getBoolean(TOPIC_TRACKING);
    }

    public boolean topicTrackingReset() {
        return parsed.getBoolean(TOPIC_TRACKING_RESET);
    }

    public String clientOverridePolicy() {
        return parsed.getString(CLIENT_OVERRIDE_POLICY);
    }

    public List<String> configProviders() {
        return parsed.getList(CONFIG_PROVIDERS);
    }

    /** {@code host:port}, as in the {@code worker_id} of statuses. */
    public String workerId() {
        String host = parsed.getString("rest.advertised.host.name");
        Integer port = parsed.getInt("rest.advertised.port");
        return (host == null ? "127.0.0.1" : host) + ":" + (port == null ? 8083 : port);
    }

    /** All settings whose name starts so, without the prefix. */
    public Map<String, Object> withPrefix(String prefix) {
        return parsed.originalsWithPrefix(prefix);
    }

    /** Settings of the worker that concern every producer, and those prefixed {@code producer.}. */
    public Map<String, Object> producerSettings() {
        return clientSettings(ProducerConfig.configNames(), "producer.");
    }

    /** Settings of the worker that concern every consumer, and those prefixed {@code consumer.}. */
    public Map<String, Object> consumerSettings() {
        return clientSettings(ConsumerConfig.configNames(), "consumer.");
    }

    /** Settings of the worker that concern every admin client, and those prefixed {@code admin.}. */
    public Map<String, Object> adminSettings() {
        return clientSettings(AdminClientConfig.configNames(), "admin.");
    }

    private Map<String, Object> clientSettings(Set<String> names, String prefix) {
        Map<String, Object> settings = storageClientSettings(names);
        settings.putAll(parsed.originalsWithPrefix(prefix));
        return settings;
    }

    /** Settings of the worker that concern each of its clients, without those meant for connectors' clients only. */
    Map<String, Object> storageClientSettings(Set<String> names) {
        Map<String, Object> settings = new HashMap<>();
        parsed.originals().forEach((key, value) -> {
            if (names.contains(key) && !OWN_CLIENT_KEYS.contains(key)) {
                settings.put(key, value);
            }
        });
        return settings;
    }
}
