package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.classic.Takeover;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A group of the consumer protocol whose members all speak the classic protocol becomes a classic group, and rebalances. */
final class Downgrade {

    private static final Logger LOG = LoggerFactory.getLogger(Downgrade.class);

    private Downgrade() {}

    static void of(
            ConsumerGroup group,
            ClusterTopics topics,
            GroupConfig config,
            long nowMs,
            Decision.Builder<GroupEvent> decision) {
        LOG.info("group is downgraded: group={} epoch={} members={}", group.id(), group.epoch(), group.size());
        for (ConsumerMember member : group.members()) {
            decision.cancel(new ExpireConsumerSession(group.id(), member.id()));
            decision.cancel(new ExpireRejoin(group.id(), member.id()));
            decision.cancel(new ExpireClassicSync(group.id(), member.id()));
        }
        group.deletion().forEach(decision::event);
        takeover(group, topics).decide(config, nowMs, decision);
    }

    private static Takeover takeover(ConsumerGroup group, ClusterTopics topics) {
        String protocol = commonProtocol(group);
        List<Member> members = new ArrayList<>();
        for (ConsumerMember member : group.members()) {
            ConsumerMember.Classic classic = Objects.requireNonNull(member.classic());
            SortedSet<PartitionId> target = group.target(member.id());
            Bytes metadata = metadata(classic, protocol);
            ConsumerSubscription subscription = ConsumerSubscription.of(metadata);
            Bytes assignment = subscription == null
                    ? Bytes.NONE
                    : subscription.assignment(target == null ? Set.of() : target, topics);
            members.add(new Member(
                    member.identity(),
                    new Member.Timeouts(classic.sessionTimeoutMs(), member.rebalanceTimeoutMs()),
                    List.of(new Member.Protocol(protocol, metadata)),
                    assignment));
        }
        return new Takeover(group.id(), group.epoch(), protocol, members);
    }

    /** There is one: nobody was let in who speaks none of those that all others speak. */
    private static String commonProtocol(ConsumerGroup group) {
        List<String> common = null;
        for (ConsumerMember member : group.members()) {
            List<String> names = Objects.requireNonNull(member.classic()).protocols().stream()
                    .map(Member.Protocol::name)
                    .toList();
            if (common == null) {
                common = new ArrayList<>(names);
            } else {
                common.retainAll(names);
            }
        }
        return Objects.requireNonNull(common).get(0);
    }

    private static Bytes metadata(ConsumerMember.Classic classic, String protocol) {
        return classic.protocols().stream()
                .filter(offer -> offer.name().equals(protocol))
                .findFirst()
                .map(Member.Protocol::metadata)
                .orElse(Bytes.NONE);
    }
}
