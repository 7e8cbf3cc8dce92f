package dev.millrace.streams.process;

import dev.millrace.streams.kstream.Predicate;

/** The records for which the predicate says what is asked for. */
final class FilterProcessor extends Processor {

    private final Predicate<Object, Object> predicate;
    private final boolean passWhen;

    FilterProcessor(String name, TaskContext context, Predicate<Object, Object> predicate, boolean passWhen) {
        super(name, context);
        this.predicate = predicate;
        this.passWhen = passWhen;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        if (predicate.test(key, value) == passWhen) {
            forward(key, value, timestampMs);
        }
    }
}
