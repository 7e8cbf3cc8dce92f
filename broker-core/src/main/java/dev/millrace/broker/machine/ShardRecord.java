package dev.millrace.broker.machine;

import org.jspecify.annotations.Nullable;

/**
 * A record to append to a shard's partition.
 *
 * @param value null for a tombstone
 * @param producer whose transaction the record belongs to; null outside of a transaction
 */
public record ShardRecord(
        byte[] key, byte @Nullable [] value, @Nullable Producer producer) {

    /** The identity under which transactional records are appended (KIP-98). */
    public record Producer(long id, short epoch) {}

    public static ShardRecord of(byte[] key, byte @Nullable [] value) {
        return new ShardRecord(key, value, null);
    }
}
