package dev.millrace.broker.coordinator;

/**
 * A shard from when it was loaded until it is let go, for those who work for it outside of it.
 *
 * @param <C> the shard's commands
 */
public interface ShardTerm<C> {

    int partition();

    /** The coordinator epoch. */
    int leaderEpoch();

    /**
     * Hands a command to the shard, in turn. Nothing happens when the leadership is over or the shard was loaded again
     * meanwhile: a shard resumes after a load whatever it had under way. Any thread.
     */
    void tell(C command);
}
