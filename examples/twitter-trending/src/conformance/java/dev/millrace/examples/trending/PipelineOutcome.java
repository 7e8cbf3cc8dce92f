package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a run of the pipeline left behind, held against the straight computation. */
final class PipelineOutcome {

    private PipelineOutcome() {}

    /** Topics and table are what the computation over the same file says: nothing missing, doubled or left over. */
    static void assertEquals(StraightComputation.Result expected, String bootstrapServers, Path data)
            throws SQLException {
        assertThat(counts(bootstrapServers)).isEqualTo(expected.hashtagCounts());
        assertThat(table(data)).containsExactlyInAnyOrderElementsOf(expected.trending());
        assertThat(records(bootstrapServers, "popular-tweets"))
                .isEqualTo(expected.popular().size());
        assertThat(records(bootstrapServers, "tweets"))
                .isEqualTo(expected.tweets().size());
        assertThat(records(bootstrapServers, "tweets-malformed")).isEqualTo(expected.malformed());
    }

    private static Map<String, Long> counts(String bootstrapServers) {
        Map<String, Long> counts = new HashMap<>();
        readCommitted(
                bootstrapServers, "hashtag-counts", record -> counts.put(record.key(), Long.valueOf(record.value())));
        return counts;
    }

    private static int records(String bootstrapServers, String topic) {
        List<String> values = new ArrayList<>();
        readCommitted(bootstrapServers, topic, record -> values.add(record.value()));
        return values.size();
    }

    private static void readCommitted(
            String bootstrapServers, String topic, Consumer<ConsumerRecord<String, String>> reader) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "enable.metrics.push",
                false);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
                consumer.poll(Duration.ofMillis(200)).forEach(reader);
            }
        }
    }

    private static List<StraightComputation.Trend> table(Path data) throws SQLException {
        List<StraightComputation.Trend> rows = new ArrayList<>();
        try (var connection = DriverManager.getConnection(
                        "jdbc:h2:file:" + data.resolve("trending").toAbsolutePath());
                var statement = connection.createStatement();
                var result = statement.executeQuery(
                        "SELECT window_start, rank, hashtag, tweets, engagement FROM TRENDING_HASHTAGS")) {
            while (result.next()) {
                Timestamp windowStart =
                        result.getTimestamp(1, java.util.Calendar.getInstance(java.util.TimeZone.getTimeZone("UTC")));
                rows.add(new StraightComputation.Trend(
                        windowStart.getTime(),
                        result.getInt(2),
                        result.getString(3),
                        result.getLong(4),
                        result.getLong(5)));
            }
        }
        return rows;
    }
}
