package dev.millrace.streams.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.Topology;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.Window;
import dev.millrace.streams.kstream.Windowed;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;

class A_topology_driver {

    private static final long MINUTE = 60_000;

    /** Words counted per minute: two sub-topologies and a store. */
    private static Topology wordCounts() {
        var builder = new StreamsBuilder();
        builder.stream("sentences", Consumed.with(Serdes.String(), Serdes.String()))
                .flatMap((key, sentence) -> Arrays.stream(sentence.split(" "))
                        .map(word -> KeyValue.pair(word, 1L))
                        .toList())
                .groupByKey(Grouped.with(Serdes.String(), Serdes.Long()).withName("words"))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(MINUTE), TimeWindows.UNLIMITED_GRACE))
                .count(Materialized.as("counts"))
                .toStream(
                        (window, count) -> window.key() + "@" + window.window().start())
                .to("counts", Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    private static TestInputTopic<String, String> in(TopologyDriver driver) {
        return driver.createInputTopic(
                "sentences", Serdes.String().serializer(), Serdes.String().serializer());
    }

    private static TestOutputTopic<String, Long> out(TopologyDriver driver) {
        return driver.createOutputTopic(
                "counts", Serdes.String().deserializer(), Serdes.Long().deserializer());
    }

    @Test
    void gives_results_after_every_record() {
        try (var driver = new TopologyDriver(wordCounts())) {
            in(driver).pipeInput("k", "to be or not to be", 5);
            var out = out(driver);
            assertThat(out.getQueueSize()).isEqualTo(4);
            assertThat(out.readKeyValue()).isEqualTo(KeyValue.pair("to@0", 2L));
            assertThat(out.readKeyValuesToMap()).isEqualTo(Map.of("be@0", 2L, "or@0", 1L, "not@0", 1L));
            assertThat(out.isEmpty()).isTrue();
            assertThatThrownBy(out::readRecord).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void stamps_records_with_its_own_time_unless_told_another() {
        try (var driver = new TopologyDriver(wordCounts())) {
            driver.advanceWallClockTime(Duration.ofMinutes(2));
            in(driver).pipeInput("k", "now");
            assertThat(out(driver).readRecord())
                    .satisfies(record -> assertThat(record.key()).isEqualTo("now@" + 2 * MINUTE))
                    .satisfies(record -> assertThat(record.timestampMs()).isEqualTo(2 * MINUTE));
        }
    }

    @Test
    void shows_stores() {
        try (var driver = new TopologyDriver(wordCounts(), Map.of(), 3)) {
            in(driver).pipeInput("k", "a b a", 70_000);
            var store = driver.<String, Long>getWindowStore("counts");
            assertThat(store.fetch("a", MINUTE)).isEqualTo(2);
            assertThat(store.fetch("a", 0)).isNull();
            var window = new Window(MINUTE, 2 * MINUTE);
            assertThat(store.all())
                    .containsExactlyInAnyOrder(
                            KeyValue.pair(new Windowed<>("a", window), 2L),
                            KeyValue.pair(new Windowed<>("b", window), 1L));
            assertThatThrownBy(() -> driver.getWindowStore("none"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'none'");
        }
    }

    @Test
    void gathers_results_until_told_to_commit() {
        try (var driver = new TopologyDriver(wordCounts())) {
            driver.commitWhenTold();
            var in = in(driver);
            in.pipeInput("k", "a a", 0);
            in.pipeInput("k", "a", 1);
            assertThat(out(driver).isEmpty()).isTrue();
            driver.commit();
            assertThat(out(driver).readKeyValuesToList()).isEqualTo(List.of(KeyValue.pair("a@0", 3L)));
        }
    }

    @Test
    void loses_what_was_not_committed_in_a_crash_and_does_it_again() {
        try (var driver = new TopologyDriver(wordCounts())) {
            var in = in(driver);
            in.pipeInput("k", "a", 0);
            driver.commitWhenTold();
            in.pipeInput("k", "a", 1);
            driver.crash();
            assertThat(out(driver).readKeyValuesToList()).isEqualTo(List.of(KeyValue.pair("a@0", 1L)));
            driver.commit();
            assertThat(out(driver).readKeyValuesToList())
                    .isEqualTo(List.of(KeyValue.pair("a@0", 1L), KeyValue.pair("a@0", 2L)));
        }
    }

    @Property(tries = 60)
    void is_exact_over_any_partitions_commits_and_crashes(
            @ForAll @IntRange(min = 1, max = 5) int partitions, @ForAll long seed) {
        var random = new Random(seed);
        var expected = new HashMap<String, Long>();
        try (var driver = new TopologyDriver(wordCounts(), Map.of(), partitions)) {
            driver.commitWhenTold();
            var in = in(driver);
            for (int i = 0; i < 120; i++) {
                String word = "w" + random.nextInt(9);
                long timeMs = random.nextLong(10 * MINUTE);
                in.pipeInput("k" + random.nextInt(7), word + " x", timeMs);
                expected.merge(word + "@" + timeMs / MINUTE * MINUTE, 1L, Long::sum);
                expected.merge("x@" + timeMs / MINUTE * MINUTE, 1L, Long::sum);
                switch (random.nextInt(12)) {
                    case 0 -> driver.commit();
                    case 1 -> driver.crash();
                    default -> {}
                }
            }
            driver.commit();
            var last = new HashMap<String, Long>();
            out(driver).readRecordsToList().forEach(record -> {
                Long before = last.put(record.key(), record.value());
                assertThat(record.value()).isGreaterThan(before == null ? 0 : before);
            });
            assertThat(last).isEqualTo(expected);
        }
    }
}
