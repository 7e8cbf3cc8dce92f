package dev.millrace.streams.process;

import dev.millrace.streams.kstream.KeyValue;
import dev.millrace.streams.kstream.KeyValueMapper;
import java.util.Objects;

/** One record out of each. */
final class MapProcessor extends Processor {

    private final KeyValueMapper<Object, Object, KeyValue<?, ?>> mapper;

    MapProcessor(String name, TaskContext context, KeyValueMapper<Object, Object, KeyValue<?, ?>> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        KeyValue<?, ?> mapped = Objects.requireNonNull(mapper.apply(key, value), "The mapper returned null.");
        forward(mapped.key, mapped.value, timestampMs);
    }
}
