package dev.millrace.streams.differential;

import dev.millrace.streams.testing.TopologyDriver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.TopologyTestDriver;

/** One chain of operators, built and run in this library and in Kafka Streams. */
final class BothWays {

    record Input(String key, Integer value, long timestampMs) {}

    record Output(String key, Integer value, long timestampMs) {}

    private final List<Operator> chain;

    BothWays(List<Operator> chain) {
        this.chain = chain;
    }

    dev.millrace.streams.Topology ours() {
        var builder = new dev.millrace.streams.StreamsBuilder();
        dev.millrace.streams.kstream.KStream<String, Integer> stream =
                builder.stream("in", dev.millrace.streams.kstream.Consumed.with(Operator.KEYS, Operator.VALUES));
        for (Operator operator : chain) {
            stream = operator.ours(stream);
        }
        stream.to("out", dev.millrace.streams.kstream.Produced.with(Operator.KEYS, Operator.VALUES));
        return builder.build();
    }

    org.apache.kafka.streams.Topology theirs() {
        var builder = new org.apache.kafka.streams.StreamsBuilder();
        org.apache.kafka.streams.kstream.KStream<String, Integer> stream =
                builder.stream("in", org.apache.kafka.streams.kstream.Consumed.with(Operator.KEYS, Operator.VALUES));
        for (Operator operator : chain) {
            stream = operator.theirs(stream);
        }
        stream.to("out", org.apache.kafka.streams.kstream.Produced.with(Operator.KEYS, Operator.VALUES));
        return builder.build();
    }

    List<Output> runOurs(List<Input> inputs) {
        try (var driver = new TopologyDriver(ours(), Map.of("statestore.cache.max.bytes", 0), 1)) {
            var in = driver.createInputTopic(
                    "in", Serdes.String().serializer(), Serdes.Integer().serializer());
            inputs.forEach(input -> in.pipeInput(input.key(), input.value(), input.timestampMs()));
            var out = driver.createOutputTopic(
                    "out", Serdes.String().deserializer(), Serdes.Integer().deserializer());
            var outputs = new ArrayList<Output>();
            out.readRecordsToList()
                    .forEach(record -> outputs.add(new Output(record.key(), record.value(), record.timestampMs())));
            return outputs;
        }
    }

    List<Output> runTheirs(List<Input> inputs) {
        var settings = new Properties();
        settings.put("application.id", "test");
        settings.put("bootstrap.servers", "none:0");
        settings.put("statestore.cache.max.bytes", "0");
        settings.put("default.dsl.store", "in_memory");
        try (var driver = new TopologyTestDriver(theirs(), settings, Instant.EPOCH)) {
            var in = driver.createInputTopic(
                    "in", Serdes.String().serializer(), Serdes.Integer().serializer());
            inputs.forEach(input -> in.pipeInput(input.key(), input.value(), input.timestampMs()));
            var out = driver.createOutputTopic(
                    "out", Serdes.String().deserializer(), Serdes.Integer().deserializer());
            var outputs = new ArrayList<Output>();
            out.readRecordsToList()
                    .forEach(record -> outputs.add(new Output(record.key(), record.value(), record.timestamp())));
            return outputs;
        }
    }
}
