package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka's own clients do when they want a share group (KIP-932) or a streams group (KIP-1071): they say that there is none. */
@Timeout(60)
class The_groups_that_are_not_served {

    @TempDir
    Path directory;

    private RunningBroker broker;

    @BeforeEach
    void start() throws Exception {
        broker = RunningBroker.in(directory);
        broker.createTopic("shared", 1);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void are_refused_to_a_share_consumer() {
        try (KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "sharing"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of("shared"));

            assertThatThrownBy(() -> {
                        while (true) {
                            consumer.poll(Duration.ofSeconds(1));
                        }
                    })
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessageContaining("share group protocol");
        }
    }

    @Test
    void are_refused_to_whoever_describes_them() {
        assertThatThrownBy(() -> broker.admin()
                        .describeShareGroups(List.of("sharing"))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnsupportedVersionException.class);
        assertThatThrownBy(() -> broker.admin()
                        .describeStreamsGroups(List.of("streaming"))
                        .all()
                        .get())
                .hasCauseInstanceOf(UnsupportedVersionException.class);
    }
}
