package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The file has what Apache Kafka answered to the same requests; {@link GroupDialogue#main} records it. */
@Timeout(120)
class The_answers_about_groups {

    @Test
    void are_those_of_apache_kafka(@TempDir Path directory) throws Exception {
        String recorded;
        try (InputStream file = getClass().getResourceAsStream("groups-of-kafka-4.3.1.txt")) {
            recorded = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
        }
        try (RunningBroker broker = RunningBroker.in(directory);
                GroupDialogue dialogue = new GroupDialogue(broker.bootstrapServers())) {
            assertThat(dialogue.all()).isEqualTo(recorded);
        }
    }
}
