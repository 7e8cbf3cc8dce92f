package dev.millrace.streams.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.StreamsApplication;
import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.Topology;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.ForeachAction;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.TimeWindows;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.awaitility.Awaitility;

/** A job with a repartition topic, a windowed store and a result that can be checked to the last record. */
public final class WordCounts {

    static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final TestCluster cluster;
    public final String applicationId = "words-" + UUID.randomUUID().toString().substring(0, 8);
    public final String in;
    public final String out;

    public WordCounts(TestCluster cluster) {
        this.cluster = cluster;
        this.in = cluster.newTopic("in", PARTITIONS);
        this.out = cluster.newTopic("out", PARTITIONS);
    }

    /** @param onWord sees each word before it is counted */
    static Topology topology(String in, String out, ForeachAction<String, String> onWord) {
        var builder = new StreamsBuilder();
        builder.stream(in, Consumed.with(Serdes.String(), Serdes.String()))
                .flatMap((key, sentence) -> Arrays.stream(sentence.split(" "))
                        .map(word -> KeyValue.pair(word, word))
                        .toList())
                .peek(onWord)
                .groupByKey(Grouped.with(Serdes.String(), Serdes.String()).withName("words"))
                .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMillis(Event.WINDOW_MS), TimeWindows.UNLIMITED_GRACE))
                .count(Materialized.as("counts"))
                .toStream(
                        (window, count) -> window.key() + "@" + window.window().start())
                .to(out, Produced.with(Serdes.String(), Serdes.Long()));
        return builder.build();
    }

    public StreamsApplication instance(String name, Map<String, ?> settings, ForeachAction<String, String> onWord) {
        var all = new HashMap<String, Object>();
        all.put("application.id", applicationId);
        all.put("bootstrap.servers", cluster.bootstrap());
        all.put("processing.guarantee", "exactly_once_v2");
        all.put("commit.interval.ms", 50);
        all.put("state.dir", cluster.folder(name).toString());
        all.put("producer.linger.ms", 5);
        all.putAll(settings);
        return new StreamsApplication(topology(in, out, onWord), all);
    }

    public StreamsApplication instance(String name) {
        return instance(name, Map.of(), (key, word) -> {});
    }

    public void awaitDrained(StreamsApplication application) {
        Awaitility.await("input drained").atMost(PATIENCE).until(application::drained);
    }

    /** The last count of each word and window is right, and no count was ever given twice or taken back. */
    public void assertExact(List<Event> events) {
        var last = new HashMap<String, Long>();
        for (ConsumerRecord<String, Long> record : cluster.readCommitted(out)) {
            Long before = last.put(record.key(), record.value());
            assertThat(record.value()).as("next count of " + record.key()).isGreaterThan(before == null ? 0 : before);
        }
        assertThat(last).isEqualTo(Event.counts(events));
    }
}
