package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.Decision;
import org.apache.kafka.common.TopicPartition;

/**
 * Timer: offsets that nobody needs any more go, and with the last of them the group, if nobody is in it (KIP-211).
 *
 * <p>The retention of a group with members counts from when it became empty, for as long as it has members it reads; save
 * that consumers may unsubscribe from a topic. That of a group that only commits counts from the commit.
 */
record ExpireOffsets() implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Decision.Builder<GroupEvent> decision = Decision.builder();
        for (ClassicGroup group : groups.all()) {
            expire(groups.offsets(), group, config.offsetsRetentionMs(), nowMs, decision);
        }
        decision.schedule(this, nowMs + config.offsetsRetentionCheckIntervalMs());
        return decision.build();
    }

    private static void expire(
            CommittedOffsets offsets,
            ClassicGroup group,
            long retentionMs,
            long nowMs,
            Decision.Builder<GroupEvent> decision) {
        int[] kept = {0};
        offsets.forEach(group.id(), (partition, offset) -> {
            if (isExpired(group, partition, offset, retentionMs, nowMs) && !offsets.isPending(group.id(), partition)) {
                decision.event(new OffsetForgotten(group.id(), partition));
            } else {
                kept[0]++;
            }
        });
        boolean unused = group.isEmpty() && !group.hasReservations();
        if (kept[0] == 0 && unused && !offsets.hasOpenTransaction(group.id())) {
            decision.event(new GroupDeleted(group.id()));
        }
    }

    private static boolean isExpired(
            ClassicGroup group, TopicPartition partition, CommittedOffset offset, long retentionMs, long nowMs) {
        boolean counts = group.isEmpty()
                || (group.isStable() && group.speaksConsumerProtocol() && !group.isSubscribedTo(partition.topic()));
        if (!counts) {
            return false;
        }
        if (offset.expiresAtMs() != CommittedOffset.NEVER_EXPIRES) {
            return nowMs >= offset.expiresAtMs();
        }
        boolean sinceEmpty = group.isEmpty() && group.protocolType() != null && group.phaseSinceMs() >= 0;
        return nowMs - (sinceEmpty ? group.phaseSinceMs() : offset.committedAtMs()) >= retentionMs;
    }
}
