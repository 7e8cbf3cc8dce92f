package dev.millrace.streams.process;

import dev.millrace.streams.kstream.Predicate;
import org.jspecify.annotations.Nullable;

/** The rows for which the predicate says what is asked for. Rows that no longer pass are deleted downstream. */
final class TableFilterProcessor extends Processor {

    private final Predicate<Object, Object> predicate;
    private final boolean passWhen;

    TableFilterProcessor(String name, TaskContext context, Predicate<Object, Object> predicate, boolean passWhen) {
        super(name, context);
        this.predicate = predicate;
        this.passWhen = passWhen;
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        throw new IllegalStateException("Tables pass on changes");
    }

    @Override
    @SuppressWarnings("NullAway") // Null is a row that is not there.
    void processChange(Object key, Object value, Object before, long timestampMs) {
        Object passed = passes(key, value) ? value : null;
        Object passedBefore = passes(key, before) ? before : null;
        if (passed != null || passedBefore != null) {
            forwardChange(key, passed, passedBefore, timestampMs);
        }
    }

    private boolean passes(Object key, @Nullable Object value) {
        return value != null && predicate.test(key, value) == passWhen;
    }
}
