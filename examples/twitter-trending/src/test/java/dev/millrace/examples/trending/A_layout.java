package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.connector.csv.CsvSourceConnector;
import dev.millrace.connector.csv.CsvSourceTask;
import dev.millrace.examples.trending.StraightComputation.Tweet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The layouts through the CSV source give the tweets of the straight computation, in the order of the file. The real files are
 * in no repository: {@code -Dtweets=FOLDER} says where they are, if not beside the checkout.
 */
class A_layout {

    private static final Path SAMPLE = Path.of("sample", "tweets.csv");

    private static final Path REAL_FILES = Path.of(System.getProperty("tweets", "../../../shared/data"))
            .toAbsolutePath()
            .normalize();

    @ParameterizedTest
    @ValueSource(strings = {"crisislex", "mayweather", "twitter-ratio", "sample"})
    void has_no_setting_that_the_source_does_not_know(String layout) throws IOException {
        Map<String, String> settings = settings(layout, SAMPLE);
        List<String> known = new CsvSourceConnector()
                .validate(settings).configValues().stream()
                        .map(ConfigValue::name)
                        .toList();
        assertThat(known).containsAll(settings.keySet());
    }

    @Test
    void takes_the_sample_as_the_straight_computation_does() throws IOException {
        compare(SAMPLE, "sample");
    }

    @ParameterizedTest
    @CsvSource({
        "crisislex/2013_Boston_Bombings-ontopic_offtopic.csv, crisislex",
        "crisislex/2013_Oklahoma_Tornado-ontopic_offtopic.csv, crisislex",
        "fivethirtyeight/mayweather-mcgregor-tweets.csv, mayweather",
        "fivethirtyeight/twitter-ratio-BarackObama.csv, twitter-ratio",
        "fivethirtyeight/twitter-ratio-realDonaldTrump.csv, twitter-ratio"
    })
    void takes_a_real_file_as_the_straight_computation_does(String file, String layout) throws IOException {
        Path path = REAL_FILES.resolve(file);
        assumeTrue(Files.exists(path), () -> "not here: " + path + "; see -Dtweets");
        compare(path, layout);
    }

    private static void compare(Path file, String layout) throws IOException {
        StraightComputation.Result expected = StraightComputation.of(file, layout);
        List<Tweet> tweets = new ArrayList<>();
        int malformed = 0;
        for (SourceRecord record : read(settings(layout, file))) {
            if (record.topic().equals("malformed")) {
                malformed++;
            } else {
                Tweet tweet = tweet((Struct) record.value());
                assertThat(record.timestamp()).isEqualTo(tweet.createdAt());
                tweets.add(tweet);
            }
        }
        assertThat(tweets).isEqualTo(expected.tweets());
        assertThat(malformed).isEqualTo(expected.malformed());
    }

    private static Tweet tweet(Struct value) {
        return new Tweet(
                value.getInt64("id"),
                value.getInt64("created_at"),
                value.getString("user"),
                value.getString("text"),
                value.getInt32("likes"),
                value.getInt32("replies"));
    }

    private static Map<String, String> settings(String layout, Path file) throws IOException {
        Path path = Path.of("..", "..", "config", "layouts", layout + ".yaml");
        Map<String, String> settings =
                new HashMap<>(new YAMLMapper().readValue(path.toFile(), new TypeReference<Map<String, String>>() {}));
        settings.putAll(Map.of(
                "topic", "tweets",
                "input.path", file.toString(),
                "malformed.rows", "dead-letter",
                "malformed.rows.topic", "malformed"));
        return settings;
    }

    private static List<SourceRecord> read(Map<String, String> settings) {
        CsvSourceTask task = new CsvSourceTask();
        task.initialize(new NoOffsets());
        task.start(settings);
        List<SourceRecord> records = new ArrayList<>();
        try {
            for (List<SourceRecord> batch = task.poll(); batch != null; batch = task.poll()) {
                records.addAll(batch);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts a test", e);
        }
        task.stop();
        return records;
    }

    /** A worker that has never run the connector before. */
    private static final class NoOffsets implements SourceTaskContext, OffsetStorageReader {

        @Override
        public Map<String, String> configs() {
            return Map.of();
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return this;
        }

        @Override
        public <T> Map<String, Object> offset(Map<String, T> partition) {
            return null;
        }

        @Override
        public <T> Map<Map<String, T>, Map<String, Object>> offsets(Collection<Map<String, T>> partitions) {
            return Map.of();
        }

        @Override
        public PluginMetrics pluginMetrics() {
            throw new UnsupportedOperationException();
        }
    }
}
