package dev.millrace.streams.state;

import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.plan.StoreSpec;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/**
 * The state of one store in one task. Updates gather on live entries and leave, once per key, when the store is flushed:
 * downstream and to the changelog in the same order. A store that is not cached is flushed at every update.
 *
 * <p>What is in memory is ahead of what is committed: after an aborted transaction this object is of no more use and is
 * replaced by one restored from the changelog.
 */
public final class TaskStore {

    private final StoreSpec spec;
    private final StateTable table;
    private final ChangelogFormat format;
    private final ChangelogWriter changelog;
    private final int dirtyMax;
    private final List<StateEntry> dirty = new ArrayList<>();
    private Downstream downstream = (entry, value, before) -> {};
    private boolean keepsSent;

    /**
     * @param topic given to the serdes: the changelog's name
     * @param dirtyMax how many changed keys may gather before they have to leave; 0 or less for none
     */
    public TaskStore(
            StoreSpec spec,
            Serde<?> keySerde,
            Serde<?> valueSerde,
            String topic,
            ChangelogWriter changelog,
            int dirtyMax) {
        this.spec = spec;
        this.table = new StateTable(new KeyIdentity(keySerde, topic));
        this.format = new ChangelogFormat(keySerde, valueSerde, topic, spec.windows() != null);
        this.changelog = changelog;
        this.dirtyMax = spec.cached() ? dirtyMax : 0;
    }

    /** What follows the aggregate that this store belongs to. */
    @FunctionalInterface
    public interface Downstream {
        /** @param before the value that was accepted last; null if there was none, or if nobody wants to know */
        void accept(StateEntry entry, @Nullable Object value, @Nullable Object before);
    }

    public void feed(Downstream next) {
        this.downstream = next;
    }

    /** Someone downstream wants to know values before a change. To be called while the store is empty. */
    public void keepValuesBeforeChange() {
        keepsSent = true;
    }

    public StoreSpec spec() {
        return spec;
    }

    public int size() {
        return table.size();
    }

    public @Nullable StateEntry find(Object key, long windowStartMs) {
        return table.find(key, windowStartMs);
    }

    public StateEntry findOrAdd(Object key, long windowStartMs) {
        return table.findOrAdd(key, windowStartMs);
    }

    public Iterator<StateEntry> entries() {
        return table.iterator();
    }

    /** The entry's value was changed. */
    public void changed(StateEntry entry) {
        if (!entry.dirty) {
            entry.dirty = true;
            dirty.add(entry);
        }
        if (dirty.size() > dirtyMax) {
            flush();
        }
    }

    /** Sends every gathered change downstream and to the changelog, in the order in which keys were first changed. */
    public void flush() {
        for (int i = 0; i < dirty.size(); i++) {
            StateEntry entry = dirty.get(i);
            Object value = entry.value;
            byte[] sentBefore = entry.sent;
            entry.dirty = false;
            if (value == null) {
                delete(entry);
            } else if (keepsSent || changelog != ChangelogWriter.NONE) {
                log(entry, value);
            }
            downstream.accept(entry, value, sentBefore == null ? null : format.readValue(sentBefore));
        }
        dirty.clear();
    }

    /** Forgets windows that have closed. To be called after a flush: what leaves must have gone downstream. */
    public void expire(TimeWindows windows, long streamTimeMs) {
        long closeTimeMs = windows.closeTime(streamTimeMs);
        if (closeTimeMs >= windows.sizeMs()) {
            table.entriesBefore(closeTimeMs - windows.sizeMs() + 1).forEach(this::delete);
        }
    }

    /** Takes back one record of the changelog. */
    public void restore(byte[] key, byte @Nullable [] value, long timestampMs) {
        StateEntry entry = table.findOrAdd(format.readKey(key), format.readWindowStart(key));
        if (value == null) {
            table.remove(entry);
        } else {
            entry.value = format.readValue(value);
            entry.timestampMs = timestampMs;
            entry.logged = true;
            entry.sent = keepsSent ? value : null;
        }
    }

    private void log(StateEntry entry, Object value) {
        byte[] key;
        byte[] bytes;
        try {
            key = format.key(entry);
            bytes = format.value(value);
        } catch (RuntimeException e) {
            throw new RecordFailedException(
                    "Store '" + spec.name() + "' has an aggregate that its serdes can't write: " + e.getMessage(), e);
        }
        changelog.append(key, bytes, entry.timestampMs);
        entry.logged = true;
        entry.sent = keepsSent ? bytes : null;
    }

    private void delete(StateEntry entry) {
        table.remove(entry);
        if (entry.logged) {
            changelog.append(format.key(entry), null, entry.timestampMs);
        }
    }
}
