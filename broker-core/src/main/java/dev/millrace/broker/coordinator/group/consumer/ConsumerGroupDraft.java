package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.consumer.CurrentAssignment.State;
import dev.millrace.broker.coordinator.group.subscription.MetadataHash;
import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import dev.millrace.broker.coordinator.group.subscription.TopicRegex;
import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A decision about one group of the consumer protocol in the making. Each step is decided upon what the steps before it lead
 * to, so its events are tried on a copy of the group; the shard's own group changes when the host applies them.
 */
final class ConsumerGroupDraft {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerGroupDraft.class);

    private final ConsumerGroup group;
    private final ClusterTopics topics;
    private final Map<String, String> groupConfigs;
    private final GroupConfig config;
    private final long nowMs;
    private final Decision.Builder<GroupEvent> decision = Decision.builder();

    ConsumerGroupDraft(ConsumerGroup group, ClusterTopics topics, GroupConfig config, long nowMs) {
        this.group = group.copy();
        this.topics = topics;
        this.groupConfigs = topics.groupConfigs(group.id());
        this.config = config;
        this.nowMs = nowMs;
    }

    /** The group as the steps so far lead to. Not to be changed but through this draft. */
    ConsumerGroup group() {
        return group;
    }

    Decision<GroupEvent> decision() {
        return decision.build();
    }

    /** For what is decided of a group that changes its protocol. */
    Decision.Builder<GroupEvent> builder() {
        return decision;
    }

    void record(ConsumerGroupEvent event) {
        decision.event(event);
        event.applyTo(group);
    }

    <R> void answer(Ticket<R> ticket, R value) {
        decision.answer(ticket, value);
    }

    int heartbeatIntervalMs() {
        return config.consumer().heartbeatIntervalMs(groupConfigs);
    }

    /** Whether there is room for one more, or it is in already. */
    boolean hasRoomFor(String memberId) {
        return group.member(memberId) != null
                || group.size() < config.consumer().maxSize();
    }

    /** @throws UnknownMemberIdException if there is no such member */
    ConsumerMember known(String memberId) {
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            throw new UnknownMemberIdException("Group " + group.id() + " has no member " + memberId + ".");
        }
        return member;
    }

    /**
     * The member that an instance is, if it goes by this member id.
     *
     * @throws UnknownMemberIdException if there is no such instance
     */
    ConsumerMember known(String instanceId, String memberId) {
        ConsumerMember member = group.instance(instanceId);
        if (member == null) {
            throw new UnknownMemberIdException(
                    "Group " + group.id() + " has no member of instance " + instanceId + ".");
        }
        if (!member.id().equals(memberId)) {
            throw Errors.FENCED_INSTANCE_ID.exception("Member " + memberId + " was left behind by its instance "
                    + instanceId + ", which goes by " + member.id() + " now.");
        }
        return member;
    }

    /** The member was heard of. */
    void extendSession(String memberId) {
        extendSession(memberId, config.consumer().sessionTimeoutMs(groupConfigs));
    }

    void extendSession(String memberId, int timeoutMs) {
        decision.schedule(new ExpireConsumerSession(group.id(), memberId), after(timeoutMs));
    }

    /** A member that speaks the classic protocol has to ask for its assignment by then. */
    void awaitSync(String memberId, int timeoutMs) {
        decision.schedule(new ExpireClassicSync(group.id(), memberId), after(timeoutMs));
    }

    void synced(String memberId) {
        decision.cancel(new ExpireClassicSync(group.id(), memberId));
    }

    /** A member that speaks the classic protocol was told to join again, and has its rebalance timeout for that. */
    void awaitRejoin(ConsumerMember member) {
        if (!group.isAwaited(member.id())) {
            record(new RejoinAwaited(group.id(), member.id(), true));
            decision.schedule(new ExpireRejoin(group.id(), member.id()), after(member.rebalanceTimeoutMs()));
        }
    }

    void rejoined(String memberId) {
        if (group.isAwaited(memberId)) {
            record(new RejoinAwaited(group.id(), memberId, false));
            decision.cancel(new ExpireRejoin(group.id(), memberId));
        }
    }

    /** A static member's instance comes back under another member id, and goes on where it was (KIP-345). */
    ConsumerMember replace(ConsumerMember former, String memberId) {
        SortedSet<PartitionId> target = group.target(former.id());
        CurrentAssignment current = group.current(former.id());
        ConsumerMember member = former.renamed(memberId);
        LOG.info(
                "static member is replaced: group={} instance={} member={} former={}",
                group.id(),
                former.instanceId(),
                memberId,
                former.id());
        drop(former);
        record(new ConsumerMemberUpdated(group.id(), member));
        record(new MemberTargetChanged(group.id(), memberId, target == null ? new TreeSet<>() : target));
        record(new MemberAssignmentChanged(group.id(), memberId, current.rejoined()));
        return member;
    }

    /**
     * A member is as it tells now; the group is brought up to date with it, and the member closer to its target.
     *
     * @param before as it was, null for one that is new
     * @param owned the partitions that the member says it has; null when it says nothing
     */
    void update(@Nullable ConsumerMember before, ConsumerMember member, @Nullable Set<PartitionId> owned) {
        boolean changed = subscribe(before, member);
        refresh(changed, changed && matters(before, member));
        assign();
        reconcile(member, owned, changed);
    }

    /** @return whether the member reads something else from now on */
    private boolean subscribe(@Nullable ConsumerMember before, ConsumerMember member) {
        if (before == null) {
            LOG.info("member joins: group={} member={} classic={}", group.id(), member.id(), member.isClassic());
        }
        if (!member.equals(before)) {
            record(new ConsumerMemberUpdated(group.id(), member));
        }
        String formerRegex = before == null ? "" : before.topicRegex();
        SortedSet<String> formerTopics = before == null ? new TreeSet<>() : before.topics();
        if (!member.topicRegex().equals(formerRegex)) {
            forgetUnusedRegexes();
        }
        if (member.hasRegex() && !group.regexes().containsKey(member.topicRegex())) {
            resolve(member.topicRegex());
        }
        return !member.topicRegex().equals(formerRegex) || !member.topics().equals(formerTopics);
    }

    private void forgetUnusedRegexes() {
        for (String regex : List.copyOf(group.regexes().keySet())) {
            if (group.subscribersOf(regex) == 0) {
                record(new RegexResolved(group.id(), regex, null));
            }
        }
    }

    private void resolve(String regex) {
        ResolvedRegex former = group.regexes().get(regex);
        SortedSet<String> matched = TopicRegex.compile(regex).matches(topics.all());
        if (former == null || !former.topics().equals(matched)) {
            record(new RegexResolved(group.id(), regex, new ResolvedRegex(matched, topics.version(), nowMs)));
        }
    }

    /** To name an expression that matches nothing matters only if the member read something before. */
    private boolean matters(@Nullable ConsumerMember before, ConsumerMember member) {
        ResolvedRegex resolved = group.regexes().get(member.topicRegex());
        SortedSet<String> formerTopics = before == null ? new TreeSet<>() : before.topics();
        return !member.topics().equals(formerTopics)
                || resolved == null
                || !resolved.topics().isEmpty();
    }

    private void refresh(boolean changed, boolean matters) {
        boolean due = group.needsRefresh();
        if (due) {
            List.copyOf(group.regexes().keySet()).forEach(this::resolve);
            record(new RefreshAwaited(group.id(), false));
        }
        if (due || changed) {
            bumpEpoch(matters);
        }
    }

    /** @param anyway also when the topics are as they were */
    private void bumpEpoch(boolean anyway) {
        long hash = MetadataHash.of(group.subscribedTopics(), topics);
        if (anyway || hash != group.metadataHash()) {
            record(new GroupEpochBumped(group.id(), group.epoch() + 1, hash));
            LOG.info("epoch begins: group={} epoch={} members={}", group.id(), group.epoch(), group.size());
        }
        if (group.hasSubscriptionMetadata()) {
            record(new SubscriptionMetadataFound(group.id(), false));
        }
    }

    /** Members that come and go in quick succession are assigned to together (KIP-1263). */
    private void assign() {
        int intervalMs = config.consumer().assignmentIntervalMs(groupConfigs);
        boolean due =
                intervalMs == 0 || group.targetComputedAtMs() == 0 || nowMs >= group.targetComputedAtMs() + intervalMs;
        if (group.epoch() > group.targetEpoch() && due) {
            new TargetAssignment(group, topics, config.consumer()).compute().forEach((memberId, target) -> {
                if (!target.equals(group.target(memberId))) {
                    record(new MemberTargetChanged(group.id(), memberId, target));
                }
            });
            record(new TargetComputed(group.id(), group.epoch(), nowMs));
        }
    }

    private void reconcile(ConsumerMember member, @Nullable Set<PartitionId> owned, boolean subscriptionChanged) {
        CurrentAssignment current = group.current(member.id());
        if (!subscriptionChanged && current.isReconciledTo(group.targetEpoch())) {
            return;
        }
        SortedSet<PartitionId> target = group.target(member.id());
        Set<Uuid> subscribed = new HashSet<>();
        for (String name : group.subscribedTopics(member)) {
            ClusterTopics.Topic topic = topics.named(name);
            if (topic != null) {
                subscribed.add(topic.id());
            }
        }
        CurrentAssignment next = new Reconciliation(
                        current,
                        group.targetEpoch(),
                        target == null ? Set.of() : target,
                        partition -> isTaken(partition, member.id()),
                        owned,
                        subscribed::contains,
                        subscriptionChanged)
                .next();
        if (next.equals(current)) {
            return;
        }
        record(new MemberAssignmentChanged(group.id(), member.id(), next));
        if (!member.isClassic()) {
            ExpireRevocation timer = new ExpireRevocation(group.id(), member.id());
            if (next.state() == State.UNREVOKED_PARTITIONS) {
                decision.schedule(timer, after(member.rebalanceTimeoutMs()));
            } else {
                decision.cancel(timer);
            }
        }
    }

    private boolean isTaken(PartitionId partition, String memberId) {
        String owner = group.owner(partition);
        return owner != null && !owner.equals(memberId);
    }

    /** A static member leaves and means to be back: it keeps what it has until its session ends. */
    void leaveForAWhile(ConsumerMember member) {
        record(new MemberAssignmentChanged(
                group.id(), member.id(), group.current(member.id()).left()));
        decision.cancel(new ExpireRevocation(group.id(), member.id()));
    }

    /**
     * Takes members from the group. If only members stay that speak the classic protocol, it may become a classic group
     * again.
     */
    void remove(Collection<ConsumerMember> gone, String reason) {
        List<String> memberIds = gone.stream().map(ConsumerMember::id).toList();
        LOG.info("members are gone: group={} members={} reason={}", group.id(), memberIds, reason);
        boolean last = group.size() > gone.size() && group.isClassicBut(memberIds);
        boolean consumers = gone.stream().anyMatch(member -> !member.isClassic());
        gone.forEach(this::drop);
        if (last && consumers && config.consumer().migration().downgrades() && group.size() <= config.maxSize()) {
            downgrade();
            return;
        }
        forgetUnusedRegexes();
        bumpEpoch(true);
    }

    /** Nobody speaks the consumer protocol any more: the group becomes a classic one, and rebalances. */
    void downgrade() {
        Downgrade.of(group, topics, config, nowMs, decision);
    }

    private void drop(ConsumerMember member) {
        String memberId = member.id();
        decision.cancel(new ExpireConsumerSession(group.id(), memberId));
        decision.cancel(new ExpireRevocation(group.id(), memberId));
        decision.cancel(new ExpireRejoin(group.id(), memberId));
        decision.cancel(new ExpireClassicSync(group.id(), memberId));
        record(new MemberAssignmentChanged(group.id(), memberId, null));
        record(new MemberTargetChanged(group.id(), memberId, null));
        record(new ConsumerMemberRemoved(group.id(), memberId));
    }

    private long after(int durationMs) {
        return Deadline.after(nowMs, durationMs).atMs();
    }
}
