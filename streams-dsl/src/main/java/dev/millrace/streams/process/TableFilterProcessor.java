package dev.millrace.streams.process;

import dev.millrace.streams.kstream.Predicate;

/** The rows for which the predicate says what is asked for; the others are deleted downstream, whether they were there or not. */
final class TableFilterProcessor extends Processor {

    private final Predicate<Object, Object> predicate;
    private final boolean passWhen;

    TableFilterProcessor(String name, TaskContext context, Predicate<Object, Object> predicate, boolean passWhen) {
        super(name, context);
        this.predicate = predicate;
        this.passWhen = passWhen;
    }

    @Override
    @SuppressWarnings("NullAway") // A null value is a deletion.
    void process(Object key, Object value, long timestampMs) {
        boolean passes = value != null && predicate.test(key, value) == passWhen;
        forward(key, passes ? value : null, timestampMs);
    }
}
