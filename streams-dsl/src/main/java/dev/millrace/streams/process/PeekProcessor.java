package dev.millrace.streams.process;

import dev.millrace.streams.kstream.ForeachAction;

/** Looks at each record as it passes; with nobody downstream, the end of a stream. */
final class PeekProcessor extends Processor {

    private final ForeachAction<Object, Object> action;

    PeekProcessor(String name, TaskContext context, ForeachAction<Object, Object> action) {
        super(name, context);
        this.action = action;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        action.apply(key, value);
        forward(key, value, timestampMs);
    }
}
