package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Effect;

/**
 * Performs what shards of one internal topic want done outside of them. Called on the loop of the shard's partition, once
 * the decision is committed; must not block. What comes of it goes back as a command by {@link ShardTerm#tell}.
 *
 * @param <C> the shard's commands
 */
@FunctionalInterface
public interface EffectPerformer<C> {

    void perform(Effect effect, ShardTerm<C> term);

    /** For shards that decide no effects: one that comes all the same is a programming error. */
    static <C> EffectPerformer<C> none() {
        return (effect, term) -> {
            throw new IllegalStateException("nobody performs " + effect);
        };
    }
}
