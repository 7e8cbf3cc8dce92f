package dev.millrace.streams.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.streams.StreamsApplication;
import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.Topology;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.serde.JsonSerde;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Hashtags of popular tweets counted per 1-minute window: the job by which this library is measured next to Kafka Streams.
 * Settings come from the environment; it runs until SIGTERM.
 */
public final class TweetCounts {

    record Tweet(
            long id,
            @JsonProperty("created_at") long createdAt,
            String user,
            String text,
            int likes,
            int replies,
            List<String> hashtags) {}

    private TweetCounts() {}

    static Topology topology(String in, String out) {
        var builder = new StreamsBuilder();
        builder.stream(
                        in,
                        Consumed.with(Serdes.String(), JsonSerde.of(Tweet.class))
                                .withTimestampExtractor(
                                        (record, partitionTimeMs) -> ((Tweet) record.value()).createdAt()))
                .filter((user, tweet) -> tweet.likes() >= 10 || tweet.replies() >= 10)
                .flatMap((user, tweet) -> tweet.hashtags().stream()
                        .map(tag -> KeyValue.pair(tag, 1))
                        .toList())
                .groupByKey(Grouped.with(Serdes.String(), Serdes.Integer()))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofDays(1)))
                .count()
                .toStream(
                        (window, count) -> window.key() + "@" + window.window().start())
                .to(out, Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    public static void main(String[] args) {
        Map<String, String> env = System.getenv();
        var application = new StreamsApplication(
                topology(env.get("IN_TOPIC"), env.get("OUT_TOPIC")),
                Map.of(
                        "bootstrap.servers", env.get("BOOTSTRAP"),
                        "application.id", env.get("APP_ID"),
                        "processing.guarantee", env.get("GUARANTEE"),
                        "num.stream.threads", env.get("THREADS"),
                        "commit.interval.ms", env.get("COMMIT_MS"),
                        "state.dir", env.get("STATE_DIR")));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> application.close(Duration.ofSeconds(20))));
        application.start();
    }
}
