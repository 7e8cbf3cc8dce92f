package dev.millrace.streams.process;

import dev.millrace.streams.kstream.ValueMapperWithKey;

/** A new value, the same key. */
final class MapValuesProcessor extends Processor {

    private final ValueMapperWithKey<Object, Object, Object> mapper;

    MapValuesProcessor(String name, TaskContext context, ValueMapperWithKey<Object, Object, Object> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        forward(key, mapper.apply(key, value), timestampMs);
    }
}
