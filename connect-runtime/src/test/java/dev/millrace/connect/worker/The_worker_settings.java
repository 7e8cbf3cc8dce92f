package dev.millrace.connect.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class The_worker_settings {

    private final Map<String, String> settings = new HashMap<>(Map.of("bootstrap.servers", "localhost:9092"));

    @Test
    void have_defaults_for_everything_but_the_brokers() {
        WorkerConfig config = WorkerConfig.of(settings);

        assertThat(config.groupId()).isEqualTo("connect-cluster");
        assertThat(config.configTopic()).isEqualTo(new WorkerConfig.StorageTopic("connect-configs", 1, null, Map.of()));
        assertThat(config.offsetTopic())
                .isEqualTo(new WorkerConfig.StorageTopic("connect-offsets", 25, null, Map.of()));
        assertThat(config.statusTopic()).isEqualTo(new WorkerConfig.StorageTopic("connect-status", 5, null, Map.of()));
        assertThat(config.offsetFlushIntervalMs()).isEqualTo(60_000);
        assertThat(config.offsetFlushTimeoutMs()).isEqualTo(5_000);
        assertThat(config.taskShutdownTimeoutMs()).isEqualTo(5_000);
        assertThat(config.exactlyOnceSource()).isEqualTo(WorkerConfig.ExactlyOnceSource.DISABLED);
        assertThat(config.topicCreation()).isTrue();
        assertThat(config.workerId()).isEqualTo("127.0.0.1:8083");
    }

    @Test
    void must_name_the_brokers() {
        assertThatThrownBy(() -> WorkerConfig.of(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("bootstrap.servers");
    }

    @Test
    void must_be_known_and_a_misspelt_one_is_named_with_the_right_one() {
        settings.put("offset.flush.intervall.ms", "1");

        assertThatThrownBy(() -> WorkerConfig.of(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessage(
                        "Unknown worker setting \"offset.flush.intervall.ms\": did you mean \"offset.flush.interval.ms\"?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "listeners",
                "connect.protocol",
                "scheduled.rebalance.max.delay.ms",
                "security.protocol",
                "producer.linger.ms",
                "consumer.override.x",
                "value.converter.schemas.enable",
                "config.providers.file.class",
                "status.storage.min.insync.replicas",
                "inter.worker.key.size"
            })
    void may_be_any_that_kafka_knows(String key) {
        settings.put(key, key.equals("security.protocol") ? "PLAINTEXT" : "1");

        assertThat(WorkerConfig.of(settings)).isNotNull();
    }

    @Test
    void reach_the_clients_they_are_meant_for() {
        settings.put("security.protocol", "PLAINTEXT");
        settings.put("producer.linger.ms", "7");
        settings.put("group.id", "g");
        WorkerConfig config = WorkerConfig.of(settings);

        assertThat(config.producerSettings())
                .containsEntry("linger.ms", "7")
                .containsEntry("security.protocol", "PLAINTEXT")
                .containsEntry("bootstrap.servers", "localhost:9092");
        assertThat(config.consumerSettings()).doesNotContainKey("linger.ms").doesNotContainKey("group.id");
    }

    @Test
    void configure_the_storage_topics() {
        settings.put("status.storage.topic", "s");
        settings.put("status.storage.partitions", "2");
        settings.put("status.storage.replication.factor", "1");
        settings.put("status.storage.min.insync.replicas", "1");

        assertThat(WorkerConfig.of(settings).statusTopic())
                .isEqualTo(new WorkerConfig.StorageTopic("s", 2, (short) 1, Map.of("min.insync.replicas", "1")));
    }
}
