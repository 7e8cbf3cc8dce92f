package dev.millrace.broker.machine;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Turns a shard's events into records of its topic and back, in Kafka's own formats, so that Kafka's tools can read them.
 * Stateless; callable from any thread.
 */
public interface EventCodec<E> {

    /** The record of a durable event; null for an event that lives in memory only and is not appended. */
    @Nullable
    ShardRecord encode(E event);

    /**
     * The event of a record that is read back. Null for a record of a kind that this version does not know.
     *
     * @param value null for a tombstone
     * @param producer whose transaction the record belongs to; null outside of a transaction
     */
    @Nullable
    E decode(ByteBuffer key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer);

    /**
     * The event of a control record: the producer's transaction has ended on this partition. Null where the shard's topic
     * never holds transactional records.
     */
    @Nullable
    E transactionEnded(ShardRecord.Producer producer, boolean committed);
}
