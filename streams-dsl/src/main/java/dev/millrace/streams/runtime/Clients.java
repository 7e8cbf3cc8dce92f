package dev.millrace.streams.runtime;

import dev.millrace.streams.config.KnownKeys;
import dev.millrace.streams.config.Settings;
import dev.millrace.streams.plan.InternalTopics;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Makes the clients of an application from its settings: those that the user gave, and over them those that must hold. */
public final class Clients {

    private static final long TRANSACTION_TIMEOUT_MS = 10_000;

    private final Settings settings;
    private final InternalTopics topics;
    private final String processId;

    Clients(Settings settings, InternalTopics topics, String processId) {
        this.settings = settings;
        this.topics = topics;
        this.processId = processId;
    }

    public Admin admin() {
        Map<String, Object> config = given(AdminClientConfig.configNames(), KnownKeys.ADMIN_PREFIX);
        config.put(AdminClientConfig.CLIENT_ID_CONFIG, clientId("admin"));
        return Admin.create(config);
    }

    Consumer<byte[], byte[]> mainConsumer(int thread) {
        Map<String, Object> config = consumer(KnownKeys.MAIN_CONSUMER_PREFIX);
        config.putIfAbsent(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId(thread + "-consumer"));
        config.put(ConsumerConfig.GROUP_ID_CONFIG, settings.applicationId());
        config.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, TaskAssignor.class.getName());
        config.put(TaskAssignor.TOPICS_CONFIG, topics);
        return new KafkaConsumer<>(config);
    }

    /** Whether input topics without a committed offset are read from their ends on. */
    boolean startsAtEnd() {
        Object reset = consumer(KnownKeys.MAIN_CONSUMER_PREFIX).get(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG);
        return "latest".equals(reset);
    }

    Consumer<byte[], byte[]> restoreConsumer(int thread) {
        Map<String, Object> config = consumer(KnownKeys.RESTORE_CONSUMER_PREFIX);
        config.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId(thread + "-restore-consumer"));
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        config.remove(ConsumerConfig.GROUP_ID_CONFIG);
        return new KafkaConsumer<>(config);
    }

    Producer<byte[], byte[]> producer(int thread) {
        Map<String, Object> config = given(ProducerConfig.configNames(), KnownKeys.PRODUCER_PREFIX);
        config.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 100);
        config.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, 64 * 1024);
        config.put(ProducerConfig.CLIENT_ID_CONFIG, clientId(thread + "-producer"));
        config.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        if (settings.exactlyOnce()) {
            long timeoutMs = Math.max(TRANSACTION_TIMEOUT_MS, settings.commitIntervalMs() + TRANSACTION_TIMEOUT_MS);
            config.putIfAbsent(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) Math.min(Integer.MAX_VALUE, timeoutMs));
            config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, clientId(Integer.toString(thread)));
        } else {
            config.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        }
        return new KafkaProducer<>(config);
    }

    private Map<String, Object> consumer(String ownPrefix) {
        Map<String, Object> config = given(ConsumerConfig.configNames(), KnownKeys.CONSUMER_PREFIX, ownPrefix);
        config.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        config.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        if (settings.exactlyOnce()) {
            config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        }
        return config;
    }

    private String clientId(String part) {
        return settings.applicationId() + "-" + processId + "-" + part;
    }

    /** Plain keys that this kind of client knows, then those with its prefixes, the most particular last. */
    private Map<String, Object> given(Set<String> clientKeys, String... prefixes) {
        var config = new HashMap<String, Object>();
        settings.given().forEach((key, value) -> {
            if (clientKeys.contains(key)) {
                config.put(key, value);
            }
        });
        for (String prefix : prefixes) {
            settings.given().forEach((key, value) -> {
                if (key.startsWith(prefix)) {
                    config.put(key.substring(prefix.length()), value);
                }
            });
        }
        return config;
    }
}
