package dev.millrace.broker.machine;

import org.apache.kafka.common.errors.ApiException;

/**
 * Where an answer goes. A {@link Decider} carries tickets in its commands and state and names them in its answers; only
 * the host of the decider calls the methods, exactly one of them, once. Implementations are compared by identity.
 */
public interface Ticket<R> {

    void answer(R value);

    /** The command could not be carried out by the host: shard not loaded, append failed, leadership lost. */
    void fail(ApiException error);
}
