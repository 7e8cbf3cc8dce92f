package dev.millrace.streams.process;

import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.KeyValueMapper;
import java.util.Objects;

/** Any number of records out of each. */
final class FlatMapProcessor extends Processor {

    private final KeyValueMapper<Object, Object, Iterable<KeyValue<?, ?>>> mapper;

    FlatMapProcessor(
            String name, TaskContext context, KeyValueMapper<Object, Object, Iterable<KeyValue<?, ?>>> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        Iterable<KeyValue<?, ?>> results =
                Objects.requireNonNull(mapper.apply(key, value), "The mapper returned null.");
        for (KeyValue<?, ?> result : results) {
            forward(result.key, result.value, timestampMs);
        }
    }
}
