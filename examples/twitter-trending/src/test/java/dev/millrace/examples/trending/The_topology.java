package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.examples.trending.StraightComputation.Result;
import dev.millrace.examples.trending.StraightComputation.Trend;
import dev.millrace.streams.JobContext;
import dev.millrace.streams.Topology;
import dev.millrace.streams.testing.TopologyDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The topology without a broker, next to the straight computation. */
class The_topology {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Topology topology = new TrendingHashtags().build(new JobContext("trending", Map.of()));

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void comes_to_the_straight_result_over_commits_and_crashes_at_any_time(int partitions) throws IOException {
        Result expected = StraightComputation.of(Path.of("sample", "tweets.csv"), "sample");
        try (var driver = new TopologyDriver(topology, Map.of(), partitions)) {
            driver.commitWhenTold();
            var random = new Random(partitions);
            var in = driver.createInputTopic(
                    "tweets", Serdes.String().serializer(), Serdes.ByteArray().serializer());
            for (StraightComputation.Tweet tweet : expected.tweets()) {
                // The record's own time says nothing: the tweet's does.
                in.pipeInput("k" + random.nextInt(20), json(tweet), random.nextInt(1000));
                switch (random.nextInt(100)) {
                    case 0 -> driver.crash();
                    case 1, 2, 3 -> driver.commit();
                    default -> {}
                }
            }
            driver.commit();
            assertThat(counts(driver)).isEqualTo(expected.hashtagCounts());
            assertThat(trends(driver)).containsExactlyInAnyOrderElementsOf(expected.trending());
            assertThat(popular(driver))
                    .containsExactlyInAnyOrderElementsOf(expected.popular().stream()
                            .map(tweet -> new String(json(tweet), StandardCharsets.UTF_8))
                            .toList());
            assertThat(driver.counters().droppedLate.sum()).isZero();
        }
    }

    @Test
    void takes_tweets_that_do_not_say_much() {
        try (var driver = new TopologyDriver(topology)) {
            var in = driver.createInputTopic(
                    "tweets", Serdes.String().serializer(), Serdes.String().serializer());
            in.pipeInput(null, "{\"id\":1,\"created_at\":60001,\"text\":null,\"likes\":null,\"replies\":null}");
            in.pipeInput(null, "{\"text\":\"#Straße #STRASSE #straße_1 #a#b\"}", 61_000);
            in.pipeInput(null, "null");
            in.pipeInput(null, null);
            assertThat(counts(driver))
                    .isEqualTo(Map.of(
                            "straße@60000",
                            1L,
                            "strasse@60000",
                            1L,
                            "straße_1@60000",
                            1L,
                            "a@60000",
                            1L,
                            "b@60000",
                            1L));
            assertThat(popular(driver)).isEmpty();
        }
    }

    @Test
    void passes_on_popular_tweets_as_they_came() {
        try (var driver = new TopologyDriver(topology)) {
            var in = driver.createInputTopic(
                    "tweets", Serdes.String().serializer(), Serdes.String().serializer());
            String popular = "{ \"id\": 1, \"likes\": 11, \"more\": [1.50] }";
            in.pipeInput("k", "{\"likes\": 10, \"replies\": 10}");
            in.pipeInput("k", popular);
            assertThat(popular(driver)).containsExactly(popular);
        }
    }

    @Test
    void sends_only_ranks_that_changed() {
        try (var driver = new TopologyDriver(topology)) {
            var in = driver.createInputTopic(
                    "tweets", Serdes.String().serializer(), Serdes.String().serializer());
            in.pipeInput("k", "{\"created_at\":0,\"text\":\"#a\"}");
            in.pipeInput("k", "{\"created_at\":1,\"text\":\"#b\"}");
            in.pipeInput("k", "{\"created_at\":2,\"text\":\"#b\",\"replies\":12}");
            var out = driver.createOutputTopic(
                    "trending-hashtags",
                    Serdes.String().deserializer(),
                    Serdes.String().deserializer());
            assertThat(out.readKeyValuesToList().stream().map(each -> each.key + " " + each.value))
                    .containsExactly(
                            "0#1 {\"window_start\":0,\"rank\":1,\"hashtag\":\"a\",\"tweets\":1,\"engagement\":0}",
                            "0#2 {\"window_start\":0,\"rank\":2,\"hashtag\":\"b\",\"tweets\":1,\"engagement\":0}",
                            "0#1 {\"window_start\":0,\"rank\":1,\"hashtag\":\"b\",\"tweets\":2,\"engagement\":12}",
                            "0#2 {\"window_start\":0,\"rank\":2,\"hashtag\":\"a\",\"tweets\":1,\"engagement\":0}");
        }
    }

    @Test
    void reads_and_writes_the_topics_it_is_told() {
        Topology elsewhere = new TrendingHashtags()
                .build(new JobContext("t", Map.of("tweets.topic", "posts", "trending.topic", "hot")));
        assertThat(elsewhere.sourceTopics()).containsExactly("posts");
        assertThat(elsewhere.sinkTopics()).containsExactlyInAnyOrder("popular-tweets", "hashtag-counts", "hot");
    }

    private static byte[] json(StraightComputation.Tweet tweet) {
        var fields = new HashMap<String, Object>();
        fields.put("id", tweet.id());
        fields.put("created_at", tweet.createdAt());
        fields.put("user", tweet.user());
        fields.put("text", tweet.text());
        fields.put("likes", tweet.likes());
        fields.put("replies", tweet.replies());
        try {
            return JSON.writeValueAsBytes(fields);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Long> counts(TopologyDriver driver) {
        var counts = new TreeMap<String, Long>();
        driver.createOutputTopic(
                        "hashtag-counts",
                        Serdes.String().deserializer(),
                        Serdes.String().deserializer())
                .readKeyValuesToList()
                .forEach(each -> counts.put(each.key, Long.parseLong(each.value)));
        return counts;
    }

    private static List<String> popular(TopologyDriver driver) {
        return driver
                .createOutputTopic(
                        "popular-tweets",
                        Serdes.String().deserializer(),
                        Serdes.String().deserializer())
                .readKeyValuesToList()
                .stream()
                .map(each -> each.value)
                .toList();
    }

    /** The last value of each window and rank. */
    private static List<Trend> trends(TopologyDriver driver) {
        var last = new TreeMap<String, Trend>();
        driver.createOutputTopic(
                        "trending-hashtags",
                        Serdes.String().deserializer(),
                        Serdes.ByteArray().deserializer())
                .readKeyValuesToList()
                .forEach(each -> last.put(each.key, trend(each.value)));
        return new ArrayList<>(last.values());
    }

    private static Trend trend(byte[] bytes) {
        try {
            JsonNode json = JSON.readTree(bytes);
            return new Trend(
                    json.get("window_start").longValue(),
                    json.get("rank").intValue(),
                    json.get("hashtag").textValue(),
                    json.get("tweets").longValue(),
                    json.get("engagement").longValue());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
