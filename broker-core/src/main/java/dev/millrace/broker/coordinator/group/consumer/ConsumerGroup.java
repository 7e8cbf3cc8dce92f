package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.CommitClaim;
import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.ClassicRequests;
import dev.millrace.broker.coordinator.group.classic.HostsClassicMembers;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.OrderedPMap;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * A group of the consumer protocol (KIP-848): who is in it and reads what, which target assignment the coordinator has for
 * them, and how far each has come on the way there.
 *
 * <p>Three epochs lead one another: the group's is that of its subscriptions and topics, the target's is the group's when the
 * target was computed, a member's is the target's that the member has reached.
 *
 * <p>The methods that change it belong to the events, one each. {@link #copy} costs the same for any number of members, so
 * that a decision can try its events on a copy. A record may stand in a compacted log before the one that it belongs to:
 * each part is kept by itself, whether or not the member is known.
 */
final class ConsumerGroup implements HostsClassicMembers {

    /** Of a group whose members have not subscribed to anything yet: 0 means to join. */
    private static final int FIRST_EPOCH = 1;

    private final String id;
    private int epoch = FIRST_EPOCH;
    private long metadataHash;
    private int targetEpoch = FIRST_EPOCH;
    private long targetComputedAtMs;
    private PMap<String, ConsumerMember> members = OrderedPMap.empty();
    private PMap<String, String> memberIdsByInstance = HashTreePMap.empty();
    private PMap<String, SortedSet<PartitionId>> targets = HashTreePMap.empty();
    private PMap<String, CurrentAssignment> assignments = HashTreePMap.empty();
    private PMap<PartitionId, String> owners = HashTreePMap.empty();
    private PMap<String, ResolvedRegex> regexes = HashTreePMap.empty();
    private boolean subscriptionMetadata;
    private boolean refreshed;
    private PSet<String> awaited = HashTreePSet.empty();

    ConsumerGroup(String id) {
        this.id = id;
    }

    ConsumerGroup copy() {
        ConsumerGroup copy = new ConsumerGroup(id);
        copy.epoch = epoch;
        copy.metadataHash = metadataHash;
        copy.targetEpoch = targetEpoch;
        copy.targetComputedAtMs = targetComputedAtMs;
        copy.members = members;
        copy.memberIdsByInstance = memberIdsByInstance;
        copy.targets = targets;
        copy.assignments = assignments;
        copy.owners = owners;
        copy.regexes = regexes;
        copy.subscriptionMetadata = subscriptionMetadata;
        copy.refreshed = refreshed;
        copy.awaited = awaited;
        return copy;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String type() {
        return "consumer";
    }

    @Override
    public String listedProtocolType() {
        return ConsumerSubscription.PROTOCOL_TYPE;
    }

    @Override
    public String state() {
        if (members.isEmpty()) {
            return "Empty";
        }
        if (epoch > targetEpoch) {
            return "Assigning";
        }
        boolean reconciled =
                members.keySet().stream().allMatch(memberId -> current(memberId).isReconciledTo(targetEpoch));
        return reconciled ? "Stable" : "Reconciling";
    }

    @Override
    public boolean isEmpty() {
        return members.isEmpty();
    }

    @Override
    public boolean isUnused() {
        return isEmpty();
    }

    @Override
    public boolean isSubscribedTo(String topic) {
        return members.values().stream()
                .anyMatch(member -> subscribedTopics(member).contains(topic));
    }

    @Override
    public OptionalLong unusedSinceMs(String topic, CommittedOffset offset) {
        return isSubscribedTo(topic) ? OptionalLong.empty() : OptionalLong.of(offset.committedAtMs());
    }

    @Override
    public List<GroupEvent> deletion() {
        List<GroupEvent> events = new ArrayList<>();
        assignments.keySet().forEach(memberId -> events.add(new MemberAssignmentChanged(id, memberId, null)));
        targets.keySet().forEach(memberId -> events.add(new MemberTargetChanged(id, memberId, null)));
        events.add(new TargetForgotten(id));
        members.keySet().forEach(memberId -> events.add(new ConsumerMemberRemoved(id, memberId)));
        regexes.keySet().forEach(regex -> events.add(new RegexResolved(id, regex, null)));
        if (subscriptionMetadata) {
            events.add(new SubscriptionMetadataFound(id, false));
        }
        events.add(new ConsumerGroupDeleted(id));
        return events;
    }

    @Override
    public boolean knowsSubscriptions() {
        return true;
    }

    @Override
    public Errors checkCommit(CommitClaim claim, short version) {
        return new CommitFence(this, claim).check(version);
    }

    @Override
    public Errors checkTransactionalCommit(CommitClaim claim) {
        return new CommitFence(this, claim).checkTransactional();
    }

    @Override
    public Errors checkFetch(@Nullable String memberId, int memberEpoch) {
        if (memberId == null && memberEpoch < 0) {
            return Errors.NONE;
        }
        ConsumerMember member = memberId == null ? null : member(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (current(member.id()).memberEpoch() == memberEpoch) {
            return Errors.NONE;
        }
        return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }

    /** Members say by heartbeats alone that they are there. */
    @Override
    public List<TimerChange> onCommitOf(String memberId, long nowMs) {
        return List.of();
    }

    /** A member that was giving up partitions gets all of its time for that again, too. */
    @Override
    public List<TimerChange> onLoaded(ClusterTopics topics, GroupConfig config, long nowMs) {
        int sessionTimeoutMs = config.consumer().sessionTimeoutMs(topics.groupConfigs(id));
        List<TimerChange> timers = new ArrayList<>();
        for (ConsumerMember member : members.values()) {
            ConsumerMember.Classic classic = member.classic();
            timers.add(new TimerChange.Schedule(
                    new ExpireConsumerSession(id, member.id()),
                    Deadline.after(nowMs, classic == null ? sessionTimeoutMs : classic.sessionTimeoutMs())
                            .atMs()));
            boolean revokes = current(member.id()).state() == CurrentAssignment.State.UNREVOKED_PARTITIONS;
            if (revokes && classic == null) {
                timers.add(new TimerChange.Schedule(
                        new ExpireRevocation(id, member.id()),
                        Deadline.after(nowMs, member.rebalanceTimeoutMs()).atMs()));
            }
        }
        return timers;
    }

    @Override
    public ClassicRequests classicRequests(ClusterTopics topics, GroupConfig config, long nowMs) {
        return new ClassicMembers(new ConsumerGroupDraft(this, topics, config, nowMs), topics, config);
    }

    int epoch() {
        return epoch;
    }

    /** Of the topics that members have subscribed to, as they were when the group reached its epoch. */
    long metadataHash() {
        return metadataHash;
    }

    int targetEpoch() {
        return targetEpoch;
    }

    /** Milliseconds since the epoch; 0 if never, or nobody knows. */
    long targetComputedAtMs() {
        return targetComputedAtMs;
    }

    /** In the order in which they came. */
    Collection<ConsumerMember> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    @Nullable
    ConsumerMember member(String memberId) {
        return members.get(memberId);
    }

    /** The member that an instance is at present. */
    @Nullable
    ConsumerMember instance(@Nullable String instanceId) {
        String memberId = instanceId == null ? null : memberIdsByInstance.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    CurrentAssignment current(String memberId) {
        return assignments.getOrDefault(memberId, CurrentAssignment.NEW);
    }

    /** What the member is to have; null if no target was computed for it yet. */
    @Nullable
    SortedSet<PartitionId> target(String memberId) {
        return targets.get(memberId);
    }

    /** The member that has the partition, or may still have it. */
    @Nullable
    String owner(PartitionId partition) {
        return owners.get(partition);
    }

    /** By the expression. */
    Map<String, ResolvedRegex> regexes() {
        return regexes;
    }

    long subscribersOf(String regex) {
        return members.values().stream()
                .filter(member -> member.topicRegex().equals(regex))
                .count();
    }

    SortedSet<String> subscribedTopics(ConsumerMember member) {
        ResolvedRegex resolved = regexes.get(member.topicRegex());
        if (!member.hasRegex() || resolved == null) {
            return member.topics();
        }
        SortedSet<String> topics = new TreeSet<>(member.topics());
        topics.addAll(resolved.topics());
        return topics;
    }

    /** Of all members. */
    SortedSet<String> subscribedTopics() {
        SortedSet<String> topics = new TreeSet<>();
        members.values().forEach(member -> topics.addAll(subscribedTopics(member)));
        return topics;
    }

    /** Whether there is a record from before Kafka 4.1, which nobody reads any more. */
    boolean hasSubscriptionMetadata() {
        return subscriptionMetadata;
    }

    /** Whether the topics may have changed since they were looked at; so after a restart. */
    boolean needsRefresh() {
        return !refreshed;
    }

    /** Whether a member that speaks the classic protocol was told to join again, and has not yet. */
    boolean isAwaited(String memberId) {
        return awaited.contains(memberId);
    }

    /** Whether every member but these speaks the classic protocol. */
    boolean isClassicBut(Collection<String> memberIds) {
        return members.values().stream().allMatch(member -> member.isClassic() || memberIds.contains(member.id()));
    }

    void on(GroupEpochBumped event) {
        epoch = event.epoch();
        metadataHash = event.metadataHash();
    }

    void on(SubscriptionMetadataFound event) {
        subscriptionMetadata = event.present();
    }

    void on(ConsumerMemberUpdated event) {
        ConsumerMember member = event.member();
        members = members.plus(member.id(), member);
        if (member.instanceId() != null) {
            memberIdsByInstance = memberIdsByInstance.plus(member.instanceId(), member.id());
        }
    }

    void on(ConsumerMemberRemoved event) {
        ConsumerMember former = members.get(event.memberId());
        members = members.minus(event.memberId());
        awaited = awaited.minus(event.memberId());
        String instanceId = former == null ? null : former.instanceId();
        if (instanceId != null && event.memberId().equals(memberIdsByInstance.get(instanceId))) {
            memberIdsByInstance = memberIdsByInstance.minus(instanceId);
        }
    }

    void on(TargetComputed event) {
        targetEpoch = event.epoch();
        targetComputedAtMs = event.computedAtMs();
    }

    void onTargetForgotten() {
        targetEpoch = FIRST_EPOCH;
        targetComputedAtMs = 0;
    }

    void on(MemberTargetChanged event) {
        SortedSet<PartitionId> target = event.target();
        targets = target == null ? targets.minus(event.memberId()) : targets.plus(event.memberId(), target);
    }

    void on(MemberAssignmentChanged event) {
        String memberId = event.memberId();
        CurrentAssignment former = assignments.get(memberId);
        if (former != null) {
            disown(memberId, former.assigned().keySet());
            disown(memberId, former.pendingRevocation().keySet());
        }
        CurrentAssignment current = event.current();
        if (current == null) {
            assignments = assignments.minus(memberId);
            return;
        }
        assignments = assignments.plus(memberId, current);
        current.assigned().keySet().forEach(partition -> owners = owners.plus(partition, memberId));
        current.pendingRevocation().keySet().forEach(partition -> owners = owners.plus(partition, memberId));
    }

    private void disown(String memberId, Collection<PartitionId> partitions) {
        for (PartitionId partition : partitions) {
            if (memberId.equals(owners.get(partition))) {
                owners = owners.minus(partition);
            }
        }
    }

    void on(RegexResolved event) {
        ResolvedRegex resolved = event.resolved();
        regexes = resolved == null ? regexes.minus(event.regex()) : regexes.plus(event.regex(), resolved);
    }

    void on(RefreshAwaited event) {
        refreshed = !event.awaited();
    }

    void on(RejoinAwaited event) {
        awaited = event.awaited() ? awaited.plus(event.memberId()) : awaited.minus(event.memberId());
    }
}
