package dev.millrace.broker.log.compaction;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The last offset of every key, in a fixed amount of memory: of a key only 128 bits of its SHA-256 are kept, for which no
 * two keys alike are known or can be made on purpose. Open addressing; nothing is ever removed. For one thread.
 */
public final class OffsetMap {
    public static final int BYTES_PER_SLOT = 3 * Long.BYTES;
    static final long NOT_FOUND = -1;

    private static final int SLOTS_MAX = Integer.MAX_VALUE / 4;
    private static final int DIGEST_BYTES = 32;

    private final MessageDigest digest;
    private final byte[] hash = new byte[DIGEST_BYTES];
    private final ByteBuffer hashed = ByteBuffer.wrap(hash);

    /** Three for each slot: two of the hash, and the offset plus one, so that zero is a free slot. */
    private final long[] table;

    private final int slots;
    private final int entriesMax;
    private int entries;

    /**
     * @param bytesMax how much memory it may take
     * @param keysMax how many keys there can be: no more memory is taken than they need
     * @param loadFactor the part of the slots that may be filled: log.cleaner.io.buffer.load.factor
     */
    public OffsetMap(long bytesMax, long keysMax, double loadFactor) {
        long affordable = Math.min(SLOTS_MAX, bytesMax / BYTES_PER_SLOT);
        long wanted = (long) (keysMax / loadFactor) + 2;
        slots = (int) Math.max(2, Math.min(affordable, wanted));
        // One slot stays free, so that every search ends.
        entriesMax = Math.max(1, Math.min(slots - 1, (int) (slots * loadFactor)));
        table = new long[3 * slots];
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    int size() {
        return entries;
    }

    /** False when the key is new and there is no room for it: nothing is changed then. */
    boolean put(ByteBuffer key, long offset) {
        hash(key);
        int slot = slot();
        if (table[slot + 2] == 0) {
            if (entries == entriesMax) {
                return false;
            }
            entries++;
            table[slot] = hashed.getLong(0);
            table[slot + 1] = hashed.getLong(Long.BYTES);
        }
        table[slot + 2] = offset + 1;
        return true;
    }

    /** {@link #NOT_FOUND} for a key that is not there. */
    long get(ByteBuffer key) {
        hash(key);
        return table[slot() + 2] - 1;
    }

    /** Of the hash, or the free one where it would go. */
    private int slot() {
        long high = hashed.getLong(0);
        long low = hashed.getLong(Long.BYTES);
        int slot = (int) Long.remainderUnsigned(hashed.getLong(2 * Long.BYTES), slots);
        while (true) {
            int at = 3 * slot;
            if (table[at + 2] == 0 || (table[at] == high && table[at + 1] == low)) {
                return at;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    private void hash(ByteBuffer key) {
        digest.update(key.duplicate());
        try {
            digest.digest(hash, 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException(e);
        }
    }
}
