package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.CommittedOffsets;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;

/**
 * Timer: offsets that nobody needs any more go, and with the last of them the group, if nobody is in it (KIP-211).
 */
public record ExpireOffsets() implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        Decision.Builder<GroupEvent> decision = Decision.builder();
        for (Group group : groups.all()) {
            expire(groups.offsets(), group, config.offsetsRetentionMs(), nowMs, decision);
        }
        decision.schedule(this, nowMs + config.offsetsRetentionCheckIntervalMs());
        return decision.build();
    }

    private static void expire(
            CommittedOffsets offsets,
            Group group,
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
        if (kept[0] == 0 && group.isUnused() && !offsets.hasOpenTransaction(group.id())) {
            group.deletion().forEach(decision::event);
        }
    }

    private static boolean isExpired(
            Group group, TopicPartition partition, CommittedOffset offset, long retentionMs, long nowMs) {
        OptionalLong unusedSinceMs = group.unusedSinceMs(partition.topic(), offset);
        if (unusedSinceMs.isEmpty()) {
            return false;
        }
        if (offset.expiresAtMs() != CommittedOffset.NEVER_EXPIRES) {
            return nowMs >= offset.expiresAtMs();
        }
        return nowMs - unusedSinceMs.getAsLong() >= retentionMs;
    }
}
