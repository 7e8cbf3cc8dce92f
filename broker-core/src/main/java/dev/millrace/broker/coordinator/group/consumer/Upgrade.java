package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A classic group becomes one of the consumer protocol, for a consumer joins that speaks it. The members stay, and go on
 * speaking the classic protocol to the new group; its first target is what their leader had assigned.
 */
final class Upgrade {

    private static final Logger LOG = LoggerFactory.getLogger(Upgrade.class);

    private Upgrade() {}

    /**
     * @param draft of the group as it is to be
     * @throws GroupIdNotFoundException if the group has to stay what it is
     */
    static void of(ClassicGroup classic, ConsumerGroupDraft draft, ClusterTopics topics, GroupConfig config) {
        check(classic, config.consumer());
        LOG.info(
                "group is upgraded: group={} generation={} members={}",
                classic.id(),
                classic.generation(),
                classic.size());
        classic.dissolve(draft.builder());
        String groupId = classic.id();
        Set<PartitionId> taken = new HashSet<>();
        Map<String, SortedSet<PartitionId>> assigned = new HashMap<>();
        for (Member member : classic.members()) {
            draft.record(new ConsumerMemberUpdated(groupId, upgraded(classic, member)));
            SortedSet<PartitionId> partitions =
                    new TreeSet<>(ConsumerSubscription.assigned(member.assignment(), topics));
            // Nothing keeps a leader from giving a partition to two members; the new group must not begin so.
            partitions.removeIf(partition -> !taken.add(partition));
            assigned.put(member.id(), Collections.unmodifiableSortedSet(partitions));
        }
        draft.record(new GroupEpochBumped(groupId, classic.generation(), 0));
        assigned.forEach(
                (memberId, partitions) -> draft.record(new MemberTargetChanged(groupId, memberId, partitions)));
        draft.record(new TargetComputed(groupId, classic.generation(), 0));
        assigned.forEach((memberId, partitions) -> {
            Map<PartitionId, Integer> epochs = new HashMap<>();
            partitions.forEach(partition -> epochs.put(partition, classic.generation()));
            CurrentAssignment current = new CurrentAssignment(
                    classic.generation(), classic.generation(), CurrentAssignment.State.STABLE, epochs, Map.of());
            draft.record(new MemberAssignmentChanged(groupId, memberId, current));
        });
        classic.members()
                .forEach(member ->
                        draft.extendSession(member.id(), member.timeouts().sessionMs()));
    }

    private static void check(ClassicGroup group, ConsumerGroupConfig config) {
        String why = null;
        if (!config.migration().upgrades()) {
            why = "group.consumer.migration.policy does not let it become one";
        } else if (!group.speaksConsumerProtocol()) {
            why = "its members are not consumers";
        } else if (group.size() > config.maxSize()) {
            why = "it has more members than group.consumer.max.size lets it have";
        }
        if (why != null) {
            throw new GroupIdNotFoundException("Group " + group.id() + " is not a consumer group, and " + why + ".");
        }
    }

    private static ConsumerMember upgraded(ClassicGroup group, Member member) {
        String protocol = group.protocol() == null ? member.protocols().get(0).name() : group.protocol();
        ConsumerSubscription subscription = ConsumerSubscription.of(member.metadata(protocol));
        if (subscription == null) {
            throw new GroupIdNotFoundException(
                    "Group " + group.id() + " is not a consumer group, and the subscription of" + " its member "
                            + member.id() + " can't be read.");
        }
        return new ConsumerMember(
                member.identity(),
                subscription.message().rackId(),
                member.timeouts().rebalanceMs(),
                Collections.unmodifiableSortedSet(
                        new TreeSet<>(subscription.message().topics())),
                "",
                null,
                new ConsumerMember.Classic(member.timeouts().sessionMs(), member.protocols()));
    }
}
