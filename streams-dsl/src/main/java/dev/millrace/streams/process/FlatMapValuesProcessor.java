package dev.millrace.streams.process;

import dev.millrace.streams.kstream.ValueMapperWithKey;
import java.util.Objects;

/** Any number of values out of each, under the same key. */
final class FlatMapValuesProcessor extends Processor {

    private final ValueMapperWithKey<Object, Object, Iterable<?>> mapper;

    FlatMapValuesProcessor(String name, TaskContext context, ValueMapperWithKey<Object, Object, Iterable<?>> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        for (Object result : Objects.requireNonNull(mapper.apply(key, value), "The mapper returned null.")) {
            forward(key, result, timestampMs);
        }
    }
}
