package dev.millrace.streams.process;

import dev.millrace.streams.kstream.ValueMapperWithKey;

/** New values in a table; deletions pass as they are. */
final class TableMapValuesProcessor extends Processor {

    private final ValueMapperWithKey<Object, Object, Object> mapper;

    TableMapValuesProcessor(String name, TaskContext context, ValueMapperWithKey<Object, Object, Object> mapper) {
        super(name, context);
        this.mapper = mapper;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        forward(key, value == null ? value : mapper.apply(key, value), timestampMs);
    }
}
