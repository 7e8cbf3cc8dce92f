package dev.millrace.streams.process;

import dev.millrace.streams.kstream.KeyValueMapper;

/** A new key, the same value. */
final class SelectKeyProcessor extends Processor {

    private final KeyValueMapper<Object, Object, Object> mapper;

    SelectKeyProcessor(String name, TaskContext context, KeyValueMapper<Object, Object, Object> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        forward(mapper.apply(key, value), value, timestampMs);
    }
}
