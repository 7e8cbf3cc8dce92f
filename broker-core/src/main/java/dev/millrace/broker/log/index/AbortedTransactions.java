package dev.millrace.broker.log.index;

import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions whose abort marker is in one segment, in the order of the markers. They are rare, so they are held in
 * memory once looked at. The loop adds and stores, any thread looks up.
 */
public final class AbortedTransactions {
    private static final Entry[] NONE = {};

    /**
     * A transaction that was aborted.
     *
     * @param lastOffset of its marker
     * @param lastStableOffset when the marker was written: whoever reads below it need not look further
     */
    public record Entry(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}

    private final TransactionIndexFile file;
    private int stored;
    private volatile Entry @Nullable [] entries;

    private AbortedTransactions(SegmentPlace place, Entry @Nullable [] entries) {
        this.file = new TransactionIndexFile(place);
        this.entries = entries;
    }

    public static AbortedTransactions empty(SegmentPlace place) {
        return new AbortedTransactions(place, NONE);
    }

    /** Reads the file when somebody asks. */
    public static AbortedTransactions stored(SegmentPlace place) {
        return new AbortedTransactions(place, null);
    }

    /** What is stored in the file, or in one that takes its name in a moment. */
    public static AbortedTransactions known(SegmentPlace place, List<Entry> entries) {
        AbortedTransactions known = new AbortedTransactions(place, entries.toArray(NONE));
        known.stored = entries.size();
        return known;
    }

    public synchronized void add(Entry entry) throws IOException {
        Entry[] known = entries();
        Entry[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = entry;
        entries = more;
    }

    /** Forgets all of them, without looking at what the file says. */
    public synchronized void clear() {
        entries = NONE;
        stored = 0;
    }

    /** Forgets the transactions whose markers are at {@code offset} or later. */
    public synchronized void truncate(long offset) throws IOException {
        Entry[] known = entries();
        int keep = known.length;
        while (keep > 0 && known[keep - 1].lastOffset >= offset) {
            keep--;
        }
        entries = Arrays.copyOf(known, keep);
        if (keep < stored) {
            stored = 0; // written anew
        }
    }

    /** Writes to the file what is not there yet; no file is made for nothing. */
    public synchronized void store() throws IOException {
        Entry[] known = entries;
        boolean leftover = stored == 0 && file.exists();
        if (known == null || (known.length == stored && !leftover)) {
            return;
        }
        file.write(known, stored);
        stored = known.length;
    }

    /** Makes durable what was stored. */
    public synchronized void force() throws IOException {
        if (stored > 0) {
            file.force();
        }
    }

    /**
     * Hands over the transactions with records in [from, to).
     *
     * @return whether later segments need not be looked at
     */
    public boolean collect(long from, long to, Consumer<Entry> found) throws IOException {
        for (Entry entry : entries()) {
            if (entry.lastOffset >= from && entry.firstOffset < to) {
                found.accept(entry);
            }
            if (entry.lastStableOffset >= to) {
                return true;
            }
        }
        return false;
    }

    private Entry[] entries() throws IOException {
        Entry[] known = entries;
        return known != null ? known : load();
    }

    private synchronized Entry[] load() throws IOException {
        Entry[] known = entries;
        if (known != null) {
            return known;
        }
        known = file.read();
        if (known == null) {
            // It was as it should be when the log was opened.
            throw new LogCorruptException(
                    file.description() + " is damaged: restart the broker, which makes it anew, or"
                            + " restore the file from a copy or a replica");
        }
        stored = known.length;
        entries = known;
        return known;
    }
}
