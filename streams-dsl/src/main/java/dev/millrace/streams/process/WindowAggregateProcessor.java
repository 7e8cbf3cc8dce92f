package dev.millrace.streams.process;

import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.kstream.Window;
import dev.millrace.streams.kstream.Windowed;
import dev.millrace.streams.plan.Step;
import dev.millrace.streams.state.StateEntry;
import dev.millrace.streams.state.TaskStore;
import org.jspecify.annotations.Nullable;

/** One aggregate for each key and window that covers the record's time. */
final class WindowAggregateProcessor extends Processor {

    private final Fold fold;
    private final TimeWindows windows;
    private final TaskStore store;
    private long streamTimeMs;

    WindowAggregateProcessor(
            String name, TaskContext context, Step.WindowAggregate step, TaskStore store, long streamTimeMs) {
        super(name, context);
        this.fold = Fold.of(step.folding());
        this.windows = step.windows();
        this.store = store;
        this.streamTimeMs = streamTimeMs;
        store.feed(this::changed);
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        if (key == null) {
            context.droppedInvalid();
            return;
        }
        streamTimeMs = Math.max(streamTimeMs, timestampMs);
        long closeTimeMs = windows.closeTime(streamTimeMs);
        long start = windows.earliestStart(timestampMs);
        while (start <= timestampMs) {
            if (start + windows.sizeMs() > closeTimeMs) {
                add(key, value, timestampMs, start);
            } else {
                context.droppedLate();
            }
            start += windows.advanceMs();
        }
    }

    private void add(Object key, Object value, long timestampMs, long start) {
        StateEntry entry = store.findOrAdd(key, start);
        Object before = entry.value;
        entry.value = fold.apply(key, value, before);
        entry.timestampMs = before == null ? timestampMs : Math.max(timestampMs, entry.timestampMs);
        store.changed(entry);
    }

    /** Everything has gone downstream: closed windows can leave the store. */
    void expire() {
        store.expire(windows, streamTimeMs);
    }

    @SuppressWarnings("NullAway") // A null value is a deletion.
    private void changed(StateEntry entry, @Nullable Object value, @Nullable Object before) {
        var window = new Window(entry.windowStartMs, entry.windowStartMs + windows.sizeMs());
        forwardChange(new Windowed<>(entry.key, window), value, before, entry.timestampMs);
    }
}
