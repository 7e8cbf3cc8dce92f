package dev.millrace.streams;

import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.plan.TopologyGraph;
import java.util.Collection;
import java.util.List;

/** Where a topology is written: start streams here, and take the {@link Topology} when all is said. Not thread-safe. */
public final class StreamsBuilder {

    private final TopologyGraph graph = new TopologyGraph();

    /** The records of a topic, with the application's default serdes. */
    public <K, V> KStream<K, V> stream(String topic) {
        return stream(List.of(topic), Consumed.with(null, null));
    }

    /** The records of a topic. */
    public <K, V> KStream<K, V> stream(String topic, Consumed<K, V> consumed) {
        return stream(List.of(topic), consumed);
    }

    /** The records of several topics, in order of event time as far as they are there. */
    public <K, V> KStream<K, V> stream(Collection<String> topics, Consumed<K, V> consumed) {
        return graph.stream(List.copyOf(topics), consumed);
    }

    /**
     * The topology as far as it is written.
     *
     * @throws dev.millrace.streams.errors.TopologyException for what is wrong with it whatever the input
     */
    public Topology build() {
        return new Topology(graph.plan());
    }
}
