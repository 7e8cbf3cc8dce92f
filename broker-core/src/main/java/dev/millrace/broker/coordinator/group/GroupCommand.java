package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;

/**
 * What somebody wants of the groups of one shard: a message of a client, or a timer of the shard's own. Each decides for
 * itself what is to happen.
 */
public interface GroupCommand {

    /** As {@link dev.millrace.broker.machine.Decider#decide} asks for: changes nothing. */
    Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs);
}
