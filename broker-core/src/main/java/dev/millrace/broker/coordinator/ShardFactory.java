package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Shard;

/** Makes an empty shard, into which the partition's log is then replayed. Called from any thread. */
@FunctionalInterface
public interface ShardFactory<C, E> {

    /** @param leaderEpoch the term for which the shard will decide: its coordinator epoch */
    Shard<C, E> create(int partition, int leaderEpoch);
}
