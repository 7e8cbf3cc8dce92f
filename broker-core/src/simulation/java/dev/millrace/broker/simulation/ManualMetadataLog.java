package dev.millrace.broker.simulation;

import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataLog;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A metadata log in memory, whose entries are committed when the test says so. */
public final class ManualMetadataLog implements MetadataLog {

    private final List<MetadataEntry> committed = new ArrayList<>();
    private final Deque<MetadataEntry> uncommitted = new ArrayDeque<>();
    private @Nullable Listener listener;
    private int epoch;
    private boolean leads = true;

    /** Entries of an earlier life. */
    public ManualMetadataLog given(MetadataEntry... entries) {
        committed.addAll(List.of(entries));
        return this;
    }

    /** Somebody else leads. */
    public ManualMetadataLog following() {
        leads = false;
        return this;
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        committed.forEach(newListener::onCommitted);
        if (leads) {
            epoch++;
            newListener.onLeading(epoch);
        }
    }

    @Override
    public void append(MetadataEntry entry) {
        uncommitted.addLast(entry);
    }

    public List<MetadataEntry> uncommitted() {
        return List.copyOf(uncommitted);
    }

    /** Commits what was appended so far. */
    public void commitAll() {
        while (!uncommitted.isEmpty()) {
            commit(uncommitted.removeFirst());
        }
    }

    /** Commits an entry, wherever it comes from. */
    public void commit(MetadataEntry entry) {
        committed.add(entry);
        listener().onCommitted(entry);
    }

    /** Forgets the oldest entry that is not committed. */
    public void lose() {
        uncommitted.removeFirst();
    }

    public void resign() {
        uncommitted.clear();
        listener().onResigned();
    }

    public void lead() {
        epoch++;
        listener().onLeading(epoch);
    }

    public void fail(IOException cause) {
        uncommitted.clear();
        listener().onFailed(cause);
    }

    private Listener listener() {
        return Objects.requireNonNull(listener);
    }

    @Override
    public void close() {}
}
