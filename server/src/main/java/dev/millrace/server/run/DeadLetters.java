package dev.millrace.server.run;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** What was set aside: counted by reading the dead letter topics, so that it holds over restarts and processes. */
final class DeadLetters {

    /** Headers that say why a record was set aside: the CSV source's, and Kafka Connect's (KIP-298). */
    private static final List<String> REASON_HEADERS =
            List.of("csv.reason", "__connect.errors.exception.message", "__streams.errors.message");

    private final Consumer<byte[], byte[]> reader;

    DeadLetters(Consumer<byte[], byte[]> reader) {
        this.reader = reader;
    }

    /**
     * @param topic where the records are
     * @param records how many
     * @param reasons how often each reason was given; records without one are not in it
     */
    record Count(String topic, long records, Map<String, Long> reasons) {}

    List<Count> count(List<String> topics) {
        List<Count> counts = new ArrayList<>();
        for (String topic : topics) {
            List<PartitionInfo> partitions = reader.partitionsFor(topic);
            counts.add(count(
                    topic,
                    partitions.stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList()));
        }
        return counts;
    }

    private Count count(String topic, List<TopicPartition> partitions) {
        reader.assign(partitions);
        reader.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = reader.endOffsets(partitions);
        long records = 0;
        Map<String, Long> reasons = new TreeMap<>();
        while (partitions.stream().anyMatch(p -> reader.position(p) < Objects.requireNonNull(ends.get(p)))) {
            for (ConsumerRecord<byte[], byte[]> letter : reader.poll(Duration.ofMillis(500))) {
                records++;
                for (String name : REASON_HEADERS) {
                    Header reason = letter.headers().lastHeader(name);
                    if (reason != null && reason.value() != null) {
                        reasons.merge(new String(reason.value(), StandardCharsets.UTF_8), 1L, Long::sum);
                        break;
                    }
                }
            }
        }
        return new Count(topic, records, reasons);
    }
}
