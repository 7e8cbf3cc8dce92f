package dev.millrace.streams.process;

import dev.millrace.streams.plan.Step;
import dev.millrace.streams.state.StateEntry;
import dev.millrace.streams.state.TaskStore;
import org.jspecify.annotations.Nullable;

/** One aggregate for each key, over all time. */
final class AggregateProcessor extends Processor {

    private final Fold fold;
    private final TaskStore store;

    AggregateProcessor(String name, TaskContext context, Step.Aggregate step, TaskStore store) {
        super(name, context);
        this.fold = Fold.of(step.folding());
        this.store = store;
        store.feed(this::changed);
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        if (key == null || value == null) {
            context.droppedInvalid();
            return;
        }
        StateEntry entry = store.findOrAdd(key, StateEntry.NO_WINDOW);
        Object before = entry.value;
        entry.value = fold.apply(key, value, before);
        entry.timestampMs = before == null ? timestampMs : Math.max(timestampMs, entry.timestampMs);
        store.changed(entry);
    }

    @SuppressWarnings("NullAway") // A null value is a deletion.
    private void changed(StateEntry entry, @Nullable Object value, @Nullable Object before) {
        forwardChange(entry.key, value, before, entry.timestampMs);
    }
}
