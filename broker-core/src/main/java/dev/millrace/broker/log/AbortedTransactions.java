package dev.millrace.broker.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The transactions whose abort marker is in one segment, in the order of the markers: its {@code .txnindex}. They are rare,
 * so they are held in memory once looked at. The loop adds and stores, any thread looks up.
 */
final class AbortedTransactions {
    private static final short VERSION = 0;
    private static final int ENTRY_BYTES = Short.BYTES + 4 * Long.BYTES;
    private static final Entry[] NONE = {};

    /**
     * A transaction that was aborted.
     *
     * @param lastOffset of its marker
     * @param lastStableOffset when the marker was written: whoever reads below it need not look further
     */
    record Entry(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}

    private final Disk disk;
    private final String path;
    private int stored;
    private volatile Entry @Nullable [] entries;

    private AbortedTransactions(Disk disk, String path, Entry @Nullable [] entries) {
        this.disk = disk;
        this.path = path;
        this.entries = entries;
    }

    private static AbortedTransactions of(SegmentPlace place, Entry @Nullable [] entries) {
        return new AbortedTransactions(place.disk(), place.path(LogFileNames.TRANSACTION_INDEX), entries);
    }

    static AbortedTransactions empty(SegmentPlace place) {
        return of(place, NONE);
    }

    /** Reads the file when somebody asks. */
    static AbortedTransactions stored(SegmentPlace place) {
        return of(place, null);
    }

    /** What is stored in the file, or in one that takes its name in a moment. */
    static AbortedTransactions known(SegmentPlace place, List<Entry> entries) {
        AbortedTransactions known = of(place, entries.toArray(NONE));
        known.stored = entries.size();
        return known;
    }

    /** The whole content of a file that holds these. */
    static ByteBuffer encode(Entry[] entries, int from) {
        ByteBuffer bytes = ByteBuffer.allocate((entries.length - from) * ENTRY_BYTES);
        for (int i = from; i < entries.length; i++) {
            Entry entry = entries[i];
            bytes.putShort(VERSION)
                    .putLong(entry.producerId)
                    .putLong(entry.firstOffset)
                    .putLong(entry.lastOffset)
                    .putLong(entry.lastStableOffset);
        }
        return bytes.flip();
    }

    synchronized void add(Entry entry) throws IOException {
        Entry[] known = entries();
        Entry[] more = Arrays.copyOf(known, known.length + 1);
        more[known.length] = entry;
        entries = more;
    }

    /** Forgets all of them, without looking at what the file says. */
    synchronized void clear() {
        entries = NONE;
        stored = 0;
    }

    /** Whether the file, if there is one, makes sense: its format, Kafka's, has no checksum. */
    static boolean isSound(Disk disk, String path) throws IOException {
        ByteBuffer bytes = WholeFile.read(disk, path);
        if (bytes == null) {
            return true;
        }
        if (bytes.remaining() % ENTRY_BYTES != 0) {
            return false;
        }
        long markerBefore = -1;
        while (bytes.hasRemaining()) {
            short version = bytes.getShort();
            long producerId = bytes.getLong();
            long first = bytes.getLong();
            long last = bytes.getLong();
            long lastStable = bytes.getLong();
            boolean inOrder = first >= 0 && first <= last && last > markerBefore;
            if (version != VERSION || producerId < 0 || !inOrder || lastStable < 0 || lastStable > last + 1) {
                return false;
            }
            markerBefore = last;
        }
        return true;
    }

    /** Forgets the transactions whose markers are at {@code offset} or later. */
    synchronized void truncate(long offset) throws IOException {
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
    synchronized void store() throws IOException {
        Entry[] known = entries;
        boolean leftover = stored == 0 && disk.exists(path);
        if (known == null || (known.length == stored && !leftover)) {
            return;
        }
        try (DiskFile file = disk.open(path, true)) {
            file.truncate((long) stored * ENTRY_BYTES);
            file.write(encode(known, stored), (long) stored * ENTRY_BYTES);
        }
        stored = known.length;
    }

    /** Makes durable what was stored. */
    synchronized void force() throws IOException {
        if (stored > 0) {
            try (DiskFile file = disk.open(path, false)) {
                file.force();
            }
        }
    }

    /**
     * Hands over the transactions with records in [from, to).
     *
     * @return whether later segments need not be looked at
     */
    boolean collect(long from, long to, Consumer<Entry> found) throws IOException {
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
        ByteBuffer bytes = WholeFile.read(disk, path);
        known = bytes == null ? NONE : parse(bytes);
        stored = known.length;
        entries = known;
        return known;
    }

    private Entry[] parse(ByteBuffer bytes) throws LogCorruptException {
        Entry[] parsed = new Entry[bytes.remaining() / ENTRY_BYTES];
        for (int i = 0; i < parsed.length; i++) {
            short version = bytes.getShort();
            if (version != VERSION) {
                throw new LogCorruptException(
                        "entry " + i + " of " + disk.describe(path) + " has the unknown version " + version
                                + ": restore the file from a copy or a replica, or delete this replica of the partition");
            }
            parsed[i] = new Entry(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
        }
        return parsed;
    }
}
