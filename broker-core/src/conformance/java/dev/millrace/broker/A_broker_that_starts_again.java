package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What outlives a broker, and what keeps one from starting. */
@Timeout(60)
class A_broker_that_starts_again {

    @TempDir
    Path directory;

    @Test
    void has_its_cluster_its_topics_its_records_and_its_groups_offsets() throws Exception {
        TopicPartition partition = new TopicPartition("kept", 1);
        String clusterId;
        try (RunningBroker broker = RunningBroker.in(directory)) {
            clusterId = broker.clusterId();
            broker.createTopic("kept", 2);
            try (Producer<String, String> producer = broker.producer(Map.of("enable.idempotence", false))) {
                for (int i = 0; i < 10; i++) {
                    producer.send(new ProducerRecord<>("kept", 1, null, "value " + i));
                }
            }
            try (Consumer<String, String> consumer = broker.consumer(Map.of("group.id", "g"))) {
                consumer.assign(List.of(partition));
                consumer.commitSync(Map.of(partition, new OffsetAndMetadata(4)));
            }
        }
        try (RunningBroker broker = RunningBroker.in(directory)) {
            assertThat(broker.clusterId()).isEqualTo(clusterId);
            try (Consumer<String, String> consumer = broker.consumer(Map.of("group.id", "g"))) {
                consumer.assign(List.of(partition));
                List<String> values = new ArrayList<>();
                while (values.size() < 6) {
                    consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
                }
                assertThat(values).startsWith("value 4").endsWith("value 9");
            }
        }
    }

    @Test
    void needs_its_directory_for_itself() {
        try (RunningBroker broker = RunningBroker.in(directory)) {
            assertThat(broker.port()).isPositive();
            assertThatThrownBy(() -> RunningBroker.in(directory))
                    .isInstanceOf(ConfigException.class)
                    .hasMessage("log.dirs=" + directory
                            + ": another process has this directory. End that process, or choose another directory.");
        }
    }

    @Test
    void needs_its_port_for_itself_and_leaves_nothing_half_started() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String listener = "PLAINTEXT://127.0.0.1:" + other.getLocalPort();
            assertThatThrownBy(() -> RunningBroker.in(directory, Map.of("listeners", listener)))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("listeners=" + listener + ": can't listen there: ")
                    .hasMessageContaining("in use");
        }
        RunningBroker.in(directory).close();
    }

    @Test
    void refuses_the_directory_of_another_node() {
        RunningBroker.in(directory).close();
        assertThatThrownBy(() -> RunningBroker.in(directory, Map.of("node.id", "2")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("log.dirs=" + directory + ": holds the data of node.id=1, not of 2");
    }

    @Test
    void names_the_directory_that_it_cannot_use() throws IOException {
        Path file = Files.createFile(directory.resolve("a-file"));
        assertThatThrownBy(() -> RunningBroker.in(file.resolve("below")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("log.dirs=" + file.resolve("below"));
    }

    @Test
    void listens_at_several_addresses_and_tells_each_client_the_one_it_came_in_by() throws Exception {
        Map<String, String> settings = Map.of(
                "listeners", "INSIDE://127.0.0.1:0,OUTSIDE://127.0.0.1:0",
                "listener.security.protocol.map", "INSIDE:PLAINTEXT,OUTSIDE:PLAINTEXT",
                "advertised.listeners", "INSIDE://127.0.0.1:0,OUTSIDE://localhost:0",
                "inter.broker.listener.name", "INSIDE");
        try (Broker broker = Broker.start(BrokerConfig.parse(with(settings)))) {
            String[] addresses = broker.bootstrapServers().split(",");
            assertThat(addresses).hasSize(2);
            for (String address : addresses) {
                try (var admin = org.apache.kafka.clients.admin.Admin.create(Map.of("bootstrap.servers", address))) {
                    assertThat(admin.describeCluster().nodes().get())
                            .extracting(node -> node.host() + ":" + node.port())
                            .containsExactly(address);
                }
            }
        }
    }

    private Map<String, String> with(Map<String, String> settings) {
        Map<String, String> all = new java.util.HashMap<>(settings);
        all.put("log.dirs", directory.toString());
        return all;
    }
}
