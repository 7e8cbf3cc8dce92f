package dev.millrace.broker.log.index;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Ascending entries of a fixed size, in a file and, the latest of them, in memory: an append costs no system call, and an
 * idle log holds a few hundred bytes. The entries in memory go to the file when there are many or the segment is sealed;
 * a crash before that costs a scan of the segment's end.
 *
 * <p>One thread adds, any thread looks up.
 */
public final class IndexFile {
    private static final int TAIL_ENTRIES_FIRST = 16;
    private static final int TAIL_ENTRIES_MAX = 512;

    /** A search reads single entries until so few are left that reading all of them costs no more. */
    private static final int BLOCK_ENTRIES = 64;

    /** How entries of one kind are laid out. An entry is a key to search by and a value. */
    public enum Kind {
        /** Relative offset of a batch's last record, then the position of the batch: 4 + 4 bytes. */
        OFFSET(LogFileNames.OFFSET_INDEX, 8) {
            @Override
            long key(ByteBuffer buffer, int at) {
                return buffer.getInt(at);
            }

            @Override
            int value(ByteBuffer buffer, int at) {
                return buffer.getInt(at + 4);
            }

            @Override
            void put(ByteBuffer buffer, long key, int value) {
                buffer.putInt((int) key).putInt(value);
            }
        },
        /** Largest timestamp so far, then the relative offset of the last record of the batch that has it: 8 + 4 bytes. */
        TIME(LogFileNames.TIME_INDEX, 12) {
            @Override
            long key(ByteBuffer buffer, int at) {
                return buffer.getLong(at);
            }

            @Override
            int value(ByteBuffer buffer, int at) {
                return buffer.getInt(at + 8);
            }

            @Override
            void put(ByteBuffer buffer, long key, int value) {
                buffer.putLong(key).putInt(value);
            }
        };

        final String suffix;
        final int entryBytes;

        Kind(String suffix, int entryBytes) {
            this.suffix = suffix;
            this.entryBytes = entryBytes;
        }

        abstract long key(ByteBuffer buffer, int at);

        abstract int value(ByteBuffer buffer, int at);

        abstract void put(ByteBuffer buffer, long key, int value);
    }

    /** Which of two columns a search goes by: both ascend. */
    public enum By {
        KEY,
        VALUE
    }

    /** The entries {@code stored} and later are in the arrays, which only grow: a reader may keep an old view. */
    private record View(int stored, long[] keys, int[] values) {}

    private final Kind kind;
    private final Disk disk;
    private final String path;
    private volatile @Nullable DiskFile file;
    private volatile View view;
    private volatile int count;

    private IndexFile(Kind kind, Disk disk, String path, @Nullable DiskFile file, int stored) {
        this.kind = kind;
        this.disk = disk;
        this.path = path;
        this.file = file;
        this.view = new View(stored, new long[0], new int[0]);
        this.count = stored;
    }

    /** An empty index; its file is made when there is something to put into it. */
    public static IndexFile empty(Kind kind, Disk disk, String path) {
        return new IndexFile(kind, disk, path, null, 0);
    }

    static IndexFile empty(Kind kind, SegmentPlace place) {
        return empty(kind, place.disk(), place.path(kind.suffix));
    }

    /** The index in the file; null when there is no file, or it ends in the middle of an entry. */
    public static @Nullable IndexFile open(Kind kind, SegmentPlace place) throws IOException {
        String path = place.path(kind.suffix);
        DiskFile file;
        try {
            file = place.disk().open(path, false);
        } catch (NoSuchFileException none) {
            return null;
        }
        long size = file.size();
        if (size % kind.entryBytes != 0) {
            file.close();
            return null;
        }
        return new IndexFile(kind, place.disk(), path, file, (int) (size / kind.entryBytes));
    }

    int count() {
        return count;
    }

    long sizeInBytes() {
        return (long) count * kind.entryBytes;
    }

    void add(long key, int value) throws IOException {
        View current = view;
        int inTail = count - current.stored;
        if (inTail == TAIL_ENTRIES_MAX) {
            store();
            current = view;
            inTail = 0;
        }
        if (inTail == current.keys.length) {
            int capacity = Math.min(TAIL_ENTRIES_MAX, Math.max(TAIL_ENTRIES_FIRST, 2 * inTail));
            current = new View(
                    current.stored, Arrays.copyOf(current.keys, capacity), Arrays.copyOf(current.values, capacity));
            view = current;
        }
        current.keys[inTail] = key;
        current.values[inTail] = value;
        count = current.stored + inTail + 1; // publishes the entry
    }

    /** Writes what is in memory to the file. */
    public void store() throws IOException {
        View current = view;
        int inTail = count - current.stored;
        DiskFile open = file;
        if (open == null) {
            open = disk.open(path, true);
            open.truncate(0);
            file = open;
        }
        if (inTail == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(inTail * kind.entryBytes);
        for (int i = 0; i < inTail; i++) {
            kind.put(bytes, current.keys[i], current.values[i]);
        }
        open.write(bytes.flip(), (long) current.stored * kind.entryBytes);
        view = new View(current.stored + inTail, new long[0], new int[0]);
    }

    /** Forgets the entries from {@code keep} on. */
    public void truncate(int keep) throws IOException {
        store();
        DiskFile open = Objects.requireNonNull(file);
        open.truncate((long) keep * kind.entryBytes);
        view = new View(keep, new long[0], new int[0]);
        count = keep;
    }

    /** Makes durable what {@link #store} wrote. */
    public void force() throws IOException {
        DiskFile open = file;
        if (open != null) {
            open.force();
        }
    }

    public void close() throws IOException {
        DiskFile open = file;
        if (open != null) {
            open.close();
        }
    }

    /** A place in the index. Reads go through it, so that one search sees one state. */
    public final class Cursor {
        private final View seen = view;
        private final int entries = Math.min(count, seen.stored + seen.keys.length);
        private ByteBuffer block = ByteBuffer.allocate(0);
        private int blockFirst;

        int entries() {
            return entries;
        }

        /**
         * The last entry whose column is at most {@code target}; -1 when there is none.
         */
        public int floor(long target, By by) throws IOException {
            int low = 0;
            int high = entries - 1;
            if (seen.stored > 0 && seen.stored < entries) {
                if (column(seen.stored, by) <= target) {
                    low = seen.stored;
                } else {
                    high = seen.stored - 1;
                }
            }
            while (low <= high) {
                int middle = (low + high) >>> 1;
                if (middle < seen.stored && high - low < BLOCK_ENTRIES) {
                    loadBlock(low, Math.min(high, seen.stored - 1));
                }
                if (column(middle, by) <= target) {
                    low = middle + 1;
                } else {
                    high = middle - 1;
                }
            }
            return high;
        }

        public long key(int index) throws IOException {
            if (index >= seen.stored) {
                return seen.keys[index - seen.stored];
            }
            int at = blockAt(index);
            return kind.key(block, at);
        }

        public int value(int index) throws IOException {
            if (index >= seen.stored) {
                return seen.values[index - seen.stored];
            }
            int at = blockAt(index);
            return kind.value(block, at);
        }

        private long column(int index, By by) throws IOException {
            return by == By.KEY ? key(index) : value(index);
        }

        private int blockAt(int index) throws IOException {
            loadBlock(index, index);
            return (index - blockFirst) * kind.entryBytes;
        }

        private void loadBlock(int first, int last) throws IOException {
            if (first >= blockFirst && (last - blockFirst + 1) * kind.entryBytes <= block.limit()) {
                return;
            }
            int bytes = (last - first + 1) * kind.entryBytes;
            if (block.capacity() < bytes) {
                block = ByteBuffer.allocate(bytes);
            }
            block.clear().limit(bytes);
            blockFirst = first;
            DiskFile open = Objects.requireNonNull(file);
            if (open.read(block, (long) first * kind.entryBytes) < bytes) {
                throw new LogCorruptException(open.description() + " ends before entry " + last
                        + ": delete the file, it is made anew at the next start");
            }
            block.flip();
        }
    }

    public Cursor cursor() {
        return new Cursor();
    }
}
