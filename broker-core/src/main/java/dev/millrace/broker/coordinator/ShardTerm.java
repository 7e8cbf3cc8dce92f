package dev.millrace.broker.coordinator;

/**
 * One term of leadership over a shard's partition, for those who work for the shard outside of it.
 *
 * @param <C> the shard's commands
 */
public interface ShardTerm<C> {

    int partition();

    /** The coordinator epoch. */
    int leaderEpoch();

    /**
     * Hands a command to the shard, in turn. Nothing happens when the term is over or the shard is being loaded again: a
     * shard resumes after a load whatever it had under way. Any thread.
     */
    void tell(C command);
}
