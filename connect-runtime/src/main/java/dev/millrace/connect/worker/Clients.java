package dev.millrace.connect.worker;

import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.plugin.ContextLoader;
import dev.millrace.connect.worker.answer.ConnectorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest.ClientType;
import org.apache.kafka.connect.errors.ConnectException;

/** Makes the clients of a worker and of its tasks, from the worker's settings and what connectors override. Thread-safe. */
final class Clients {

    static final String PRODUCER_OVERRIDE = "producer.override.";
    static final String CONSUMER_OVERRIDE = "consumer.override.";
    static final String ADMIN_OVERRIDE = "admin.override.";

    /** Bytes of a producer's batch: enough that a task that writes all it can does not wait for round trips. */
    private static final int BATCH_BYTES = 128 * 1024;

    /** How long a broker may be away before records that wait for it fail their task. */
    private static final int DELIVERY_TIMEOUT_MS = 300_000;

    private final WorkerConfig config;
    private final ConnectorClientConfigOverridePolicy policy;

    Clients(WorkerConfig config, ConnectorClientConfigOverridePolicy policy) {
        this.config = config;
        this.policy = policy;
    }

    /** A connector, as far as its clients are concerned. */
    record Owner(
            TaskId task, ConnectorType type, Class<? extends Connector> connectorClass, Map<String, String> config) {}

    Consumer<byte[], byte[]> storageConsumer() {
        Map<String, Object> settings = config.storageClientSettings(ConsumerConfig.configNames());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, config.groupId() + "-storage");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return here(() -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    Producer<byte[], byte[]> storageProducer() {
        Map<String, Object> settings = config.storageClientSettings(ProducerConfig.configNames());
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, config.groupId() + "-storage");
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        // The topics are compacted: order matters, a record twice does not. Without a producer id there is no state in
        // which
        // the producer refuses to go on.
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, false);
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        return here(() -> new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    Admin admin() {
        Map<String, Object> settings = config.adminSettings();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, config.groupId() + "-admin");
        return here(() -> Admin.create(settings));
    }

    /** An admin client for a connector that is to reach another cluster, or the same as somebody else. */
    Admin admin(Owner owner) {
        Map<String, Object> settings = config.adminSettings();
        settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "connector-adminclient-" + owner.task());
        settings.putAll(overrides(owner, ADMIN_OVERRIDE, AdminClientConfig.configDef(), ClientType.ADMIN));
        return here(() -> Admin.create(settings));
    }

    static boolean overridesAdmin(Map<String, String> config) {
        return config.keySet().stream().anyMatch(key -> key.startsWith(ADMIN_OVERRIDE));
    }

    Producer<byte[], byte[]> sourceProducer(Owner owner) {
        return producer(owner, "connector-producer-" + owner.task(), Map.of());
    }

    /** @param transactionTimeoutMs as a default: the connector may override it */
    Producer<byte[], byte[]> transactionalProducer(Owner owner, int transactionTimeoutMs) {
        Map<String, Object> standard = new HashMap<>();
        standard.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, transactionTimeoutMs);
        standard.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId(config.groupId(), owner.task()));
        return producer(owner, "connector-producer-" + owner.task(), standard);
    }

    Producer<byte[], byte[]> deadLetterProducer(Owner owner) {
        return producer(owner, "connector-dlq-producer-" + owner.task(), Map.of());
    }

    /** As Kafka Connect names them, so that workers of either kind fence each other's tasks. */
    static String transactionalId(String groupId, TaskId task) {
        return groupId + "-" + task;
    }

    private Producer<byte[], byte[]> producer(Owner owner, String clientId, Map<String, Object> standard) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
        settings.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
        settings.putAll(standard);
        settings.putAll(config.producerSettings());
        settings.putAll(overrides(owner, PRODUCER_OVERRIDE, ProducerConfig.configDef(), ClientType.PRODUCER));
        return here(() -> new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    Consumer<byte[], byte[]> sinkConsumer(Owner owner) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, sinkGroup(owner.task().connector(), owner.config()));
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, "connector-consumer-" + owner.task());
        settings.putAll(config.consumerSettings());
        settings.putAll(overrides(owner, CONSUMER_OVERRIDE, ConsumerConfig.configDef(), ClientType.CONSUMER));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        return here(() -> new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    static String sinkGroup(String connector, Map<String, String> config) {
        return config.getOrDefault(CONSUMER_OVERRIDE + ConsumerConfig.GROUP_ID_CONFIG, "connect-" + connector);
    }

    private Map<String, Object> overrides(Owner owner, String prefix, ConfigDef definition, ClientType client) {
        Map<String, Object> settings = new HashMap<>();
        ConnectorDefinition.withPrefix(prefix, owner.config()).forEach(settings::put);
        String refusals = judge(owner, settings, definition, client).stream()
                .flatMap(value -> value.errorMessages().stream())
                .collect(Collectors.joining("; "));
        if (!refusals.isEmpty()) {
            throw new ConnectException(
                    "Client settings of connector " + owner.task().connector() + " are refused: " + refusals);
        }
        return settings;
    }

    /** What the worker's policy says of client settings, one by one. */
    List<ConfigValue> judge(Owner owner, Map<String, Object> settings, ConfigDef definition, ClientType client) {
        Map<String, Object> parsed = new HashMap<>();
        settings.forEach((name, value) -> {
            var key = definition.configKeys().get(name);
            parsed.put(name, key == null ? value : ConfigDef.parseType(name, value, key.type));
        });
        return policy.validate(new ConnectorClientConfigRequest(
                owner.task().connector(),
                owner.type() == ConnectorType.SINK
                        ? org.apache.kafka.connect.health.ConnectorType.SINK
                        : org.apache.kafka.connect.health.ConnectorType.SOURCE,
                owner.connectorClass(),
                parsed,
                client));
    }

    /** Clients look up their own plugins by the thread's class loader, which is a connector's when a task makes them. */
    private static <T> T here(Supplier<T> make) {
        try (ContextLoader ignored = ContextLoader.use(Clients.class.getClassLoader())) {
            return make.get();
        }
    }
}
