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
        throw new IllegalStateException("Tables pass on changes");
    }

    @Override
    void processChange(Object key, Object value, Object before, long timestampMs) {
        forwardChange(key, mapped(key, value), mapped(key, before), timestampMs);
    }

    private Object mapped(Object key, Object value) {
        return value == null ? value : mapper.apply(key, value);
    }
}
