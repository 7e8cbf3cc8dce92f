package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.CommitClaim;
import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.machine.Deadline;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.TimerChange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/**
 * A group of the classic protocol: its members, the generation they agreed on, and where it stands. Also stands for a
 * group that only commits offsets: empty, and without a protocol type.
 *
 * <p>The methods that change it belong to the events, one each. {@link #copy} costs the same for any number of members, so
 * that a decision can try its events on a copy.
 */
public final class ClassicGroup implements Group {

    private final String id;
    private Phase phase = new Phase.Empty();
    private long phaseSinceMs = -1;
    private int generation;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leaderId;
    private Roster roster = Roster.EMPTY;
    private PSet<String> reservedMemberIds = HashTreePSet.empty();

    public ClassicGroup(String id) {
        this.id = id;
    }

    /** The classic group, or a new and empty one that nobody knows of yet. */
    static ClassicGroup orNew(Groups groups, String groupId) {
        ClassicGroup group = groups.get(groupId, ClassicGroup.class);
        return group == null ? new ClassicGroup(groupId) : group;
    }

    ClassicGroup copy() {
        ClassicGroup copy = new ClassicGroup(id);
        copy.phase = phase;
        copy.phaseSinceMs = phaseSinceMs;
        copy.generation = generation;
        copy.protocolType = protocolType;
        copy.protocol = protocol;
        copy.leaderId = leaderId;
        copy.roster = roster;
        copy.reservedMemberIds = reservedMemberIds;
        return copy;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String type() {
        return "classic";
    }

    @Override
    public String state() {
        return phase.title();
    }

    @Override
    public String listedProtocolType() {
        return protocolType == null ? "" : protocolType;
    }

    @Override
    public boolean isUnused() {
        return isEmpty() && !hasReservations();
    }

    /**
     * The retention of a group with members counts from when it became empty, for as long as it has members it reads; save
     * that consumers may unsubscribe from a topic. That of a group that only commits counts from the commit.
     */
    @Override
    public OptionalLong unusedSinceMs(String topic, CommittedOffset offset) {
        boolean counts = isEmpty() || (isStable() && speaksConsumerProtocol() && !isSubscribedTo(topic));
        if (!counts) {
            return OptionalLong.empty();
        }
        boolean sinceEmpty = isEmpty() && protocolType != null && phaseSinceMs >= 0;
        return OptionalLong.of(sinceEmpty ? phaseSinceMs : offset.committedAtMs());
    }

    @Override
    public List<GroupEvent> deletion() {
        return List.of(new GroupDeleted(id));
    }

    @Override
    public boolean knowsSubscriptions() {
        return speaksConsumerProtocol();
    }

    @Override
    public Errors checkCommit(CommitClaim claim, short version) {
        if (isEmpty() && claim.memberEpoch() < 0) {
            return Errors.NONE;
        }
        if (!claim.isOfMember()) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = Membership.check(this, claim.memberId(), claim.instanceId(), claim.memberEpoch());
        return error == Errors.NONE && isCompleting() ? Errors.REBALANCE_IN_PROGRESS : error;
    }

    /** Where the group stands does not matter: the producer's transaction decides when the offsets count. */
    @Override
    public Errors checkTransactionalCommit(CommitClaim claim) {
        if (!claim.isOfMember() || (claim.memberEpoch() < 0 && isEmpty())) {
            return Errors.NONE;
        }
        return Membership.check(this, claim.memberId(), claim.instanceId(), claim.memberEpoch());
    }

    /** Members of classic groups tell no epoch when they fetch. */
    @Override
    public Errors checkFetch(@Nullable String memberId, int memberEpoch) {
        return Errors.NONE;
    }

    /** While the group completes its rebalance only a request for the assignment counts as a sign of life. */
    @Override
    public List<TimerChange> onCommitOf(String memberId, long nowMs) {
        Member member = member(memberId);
        return member == null || isCompleting() ? List.of() : List.of(session(member, nowMs));
    }

    @Override
    public List<TimerChange> onLoaded(ClusterTopics topics, GroupConfig config, long nowMs) {
        List<TimerChange> timers = new ArrayList<>();
        members().forEach(member -> timers.add(session(member, nowMs)));
        if (size() > config.maxSize()) {
            timers.add(new TimerChange.Schedule(new ShrinkGroup(id), nowMs));
        }
        return timers;
    }

    private TimerChange session(Member member, long nowMs) {
        long deadlineMs = Deadline.after(nowMs, member.timeouts().sessionMs()).atMs();
        return new TimerChange.Schedule(new ExpireSession(id, member.id()), deadlineMs);
    }

    /** Makes an end of a group that goes on as one of another kind: whoever waits for it is to join again. */
    public void dissolve(Decision.Builder<GroupEvent> decision) {
        ClassicGroupDraft.cancelTimers(this, decision);
        for (Member member : members()) {
            ClassicGroupDraft.refuse(member, Errors.REBALANCE_IN_PROGRESS, member.id(), decision);
        }
        deletion().forEach(decision::event);
    }

    Phase phase() {
        return phase;
    }

    @Override
    public boolean isEmpty() {
        return phase instanceof Phase.Empty;
    }

    boolean isPreparing() {
        return phase instanceof Phase.PreparingRebalance;
    }

    boolean isCompleting() {
        return phase instanceof Phase.CompletingRebalance;
    }

    boolean isStable() {
        return phase instanceof Phase.Stable;
    }

    /** Milliseconds since the epoch; -1 when nobody knows. */
    long phaseSinceMs() {
        return phaseSinceMs;
    }

    public int generation() {
        return generation;
    }

    /** Null for a group that never had a member. */
    @Nullable
    String protocolType() {
        return protocolType;
    }

    public @Nullable String protocol() {
        return protocol;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    public boolean speaksConsumerProtocol() {
        return ConsumerSubscription.PROTOCOL_TYPE.equals(protocolType);
    }

    /** In the order in which they joined first. */
    public Collection<Member> members() {
        return roster.members();
    }

    public int size() {
        return roster.size();
    }

    @Nullable
    Member member(String memberId) {
        return roster.get(memberId);
    }

    /** The member id that an instance has at present. */
    @Nullable
    String memberIdOf(String instanceId) {
        return roster.memberIdsByInstance().get(instanceId);
    }

    /** Whether the id was given out and its member has not joined with it yet. */
    boolean isReserved(String memberId) {
        return reservedMemberIds.contains(memberId);
    }

    PSet<String> reservedMemberIds() {
        return reservedMemberIds;
    }

    boolean hasReservations() {
        return !reservedMemberIds.isEmpty();
    }

    /** Members that wait for the others to join. */
    int joining() {
        return roster.joining();
    }

    boolean hasEverybodyJoined() {
        return roster.joining() == roster.size() && reservedMemberIds.isEmpty();
    }

    /** Members that have not asked for their assignment yet. */
    PSet<String> unsynced() {
        if (phase instanceof Phase.CompletingRebalance completing) {
            return completing.unsynced();
        }
        return phase instanceof Phase.Stable stable ? stable.unsynced() : HashTreePSet.empty();
    }

    /** The longest that any member asked for. */
    int rebalanceTimeoutMs() {
        return roster.rebalanceTimeoutMs();
    }

    /** Whether somebody who speaks this can be a member: there is a protocol that everybody in the group speaks. */
    boolean canSpeak(String type, Collection<String> protocols) {
        if (isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return type.equals(protocolType) && protocols.stream().anyMatch(roster::isSpokenByAll);
    }

    /**
     * Every member votes for what it likes best of what all speak; a tie goes to what the leader likes better.
     *
     * @param electedLeaderId of a group that is not empty
     */
    String electProtocol(String electedLeaderId) {
        String elected = roster.electProtocol(electedLeaderId);
        if (elected == null) {
            throw new IllegalStateException("group " + id + " has members that share no protocol");
        }
        return elected;
    }

    /** The leader if it has joined, else the first member that has; null if none has. */
    @Nullable
    String electLeader() {
        return roster.electLeader(leaderId);
    }

    /**
     * Whether members read the topic, so that its offsets must stay. Without knowing what consumers have subscribed to, the
     * answer is yes.
     */
    @Override
    public boolean isSubscribedTo(String topic) {
        if (!speaksConsumerProtocol() || roster.isEmpty()) {
            return false;
        }
        Set<String> topics = subscribedTopics();
        return topics == null || topics.contains(topic);
    }

    /** Null where that is not known: the group does not speak the consumer protocol, or not in words that can be read. */
    @Nullable
    Set<String> subscribedTopics() {
        if (!speaksConsumerProtocol() || protocol == null) {
            return null;
        }
        Set<String> topics = new LinkedHashSet<>();
        for (Member member : roster.members()) {
            Set<String> subscription = ConsumerSubscription.topics(member.metadata(protocol));
            if (subscription == null) {
                return null;
            }
            topics.addAll(subscription);
        }
        return topics;
    }

    /** What of the group survives: what is read back from the log must equal it, if the group is stable or empty. */
    GroupStored stored() {
        List<GroupStored.StoredMember> stored = new ArrayList<>();
        for (Member member : roster.members()) {
            stored.add(new GroupStored.StoredMember(
                    member.identity(), member.timeouts(), member.metadata(protocol), member.assignment()));
        }
        return new GroupStored(
                id, protocolType == null ? "" : protocolType, generation, protocol, leaderId, phaseSinceMs, stored);
    }

    void on(MemberIdReserved event) {
        reservedMemberIds = reservedMemberIds.plus(event.memberId());
    }

    void on(MemberJoined event) {
        Member member = event.member();
        if (roster.isEmpty()) {
            protocolType = event.protocolType();
        }
        if (!roster.byId().containsKey(member.id())
                && phase instanceof Phase.PreparingRebalance preparing
                && preparing.growth() != null) {
            phase = new Phase.PreparingRebalance(
                    new Phase.PreparingRebalance.Growth(preparing.growth().limitMs(), true));
        }
        roster = roster.with(member);
        reservedMemberIds = reservedMemberIds.minus(member.id());
        if (leaderId == null) {
            leaderId = member.id();
        }
    }

    void on(MemberReplaced event) {
        Member member = event.member();
        PSet<String> unsynced = unsynced();
        roster = roster.without(event.formerMemberId());
        roster = roster.with(member);
        if (event.formerMemberId().equals(leaderId)) {
            leaderId = member.id();
        }
        if (unsynced.contains(event.formerMemberId())) {
            setUnsynced(unsynced.minus(event.formerMemberId()).plus(member.id()));
        }
    }

    void on(MemberSynced event) {
        Member member = roster.get(event.memberId());
        if (member != null) {
            roster = roster.with(member.waitingFor(event.waiting()));
            setUnsynced(unsynced().minus(event.memberId()));
        }
    }

    void on(MemberRemoved event) {
        roster = roster.without(event.memberId());
        reservedMemberIds = reservedMemberIds.minus(event.memberId());
        setUnsynced(unsynced().minus(event.memberId()));
        if (event.memberId().equals(leaderId)) {
            leaderId =
                    roster.isEmpty() ? null : roster.byId().keySet().iterator().next();
        }
    }

    void on(RebalanceStarted event) {
        if (isCompleting()) {
            for (Member member : roster.members()) {
                roster = roster.with(
                        member.assigned(Bytes.NONE).waitingFor(member.isJoining() ? member.waiting() : Waiting.NOT));
            }
        }
        phase = new Phase.PreparingRebalance(event.growth());
        phaseSinceMs = event.atMs();
    }

    void on(GenerationStarted event) {
        generation = event.generation();
        protocol = event.protocol();
        leaderId = event.leaderId();
        PSet<String> unsynced = HashTreePSet.empty();
        for (Member member : roster.members()) {
            roster = roster.with(member.waitingFor(Waiting.NOT));
            unsynced = unsynced.plus(member.id());
        }
        phase = new Phase.CompletingRebalance(unsynced);
        phaseSinceMs = event.atMs();
    }

    /** The members that stay keep what the record does not tell: the protocols that they speak besides. */
    void on(GroupStored event) {
        Roster former = roster;
        PSet<String> unsynced = unsynced();
        roster = Roster.EMPTY;
        for (GroupStored.StoredMember stored : event.members()) {
            roster = roster.with(stored.toMember(
                    event.protocol(), former.get(stored.identity().memberId())));
        }
        generation = event.generation();
        protocolType = event.protocolType().isEmpty() ? null : event.protocolType();
        protocol = event.protocol();
        leaderId = event.leaderId();
        phase = roster.isEmpty() ? new Phase.Empty() : new Phase.Stable(unsynced);
        phaseSinceMs = event.phaseSinceMs();
    }

    private void setUnsynced(PSet<String> unsynced) {
        if (isCompleting()) {
            phase = new Phase.CompletingRebalance(unsynced);
        } else if (isStable()) {
            phase = new Phase.Stable(unsynced);
        }
    }
}
