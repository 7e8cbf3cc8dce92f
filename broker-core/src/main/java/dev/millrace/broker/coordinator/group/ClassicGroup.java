package dev.millrace.broker.coordinator.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.OrderedPMap;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * A group of the classic protocol: its members, the generation they agreed on, and where it stands. Also stands for a
 * group that only commits offsets: empty, and without a protocol type.
 *
 * <p>The methods that change it belong to the events, one each. {@link #copy} costs the same for any number of members, so
 * that a decision can try its events on a copy.
 */
final class ClassicGroup implements Group {

    static final String CONSUMER_PROTOCOL_TYPE = "consumer";

    private final String id;
    private Phase phase = new Phase.Empty();
    private long phaseSinceMs = -1;
    private int generation;
    private @Nullable String protocolType;
    private @Nullable String protocol;
    private @Nullable String leaderId;
    private PMap<String, Member> members = OrderedPMap.empty();
    private PMap<String, String> memberIdsByInstance = HashTreePMap.empty();
    private PMap<String, Integer> speakersByProtocol = HashTreePMap.empty();
    private PSet<String> reservedMemberIds = HashTreePSet.empty();
    private int joining;

    ClassicGroup(String id) {
        this.id = id;
    }

    ClassicGroup copy() {
        ClassicGroup copy = new ClassicGroup(id);
        copy.phase = phase;
        copy.phaseSinceMs = phaseSinceMs;
        copy.generation = generation;
        copy.protocolType = protocolType;
        copy.protocol = protocol;
        copy.leaderId = leaderId;
        copy.members = members;
        copy.memberIdsByInstance = memberIdsByInstance;
        copy.speakersByProtocol = speakersByProtocol;
        copy.reservedMemberIds = reservedMemberIds;
        copy.joining = joining;
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

    int generation() {
        return generation;
    }

    /** Null for a group that never had a member. */
    @Nullable
    String protocolType() {
        return protocolType;
    }

    @Nullable
    String protocol() {
        return protocol;
    }

    @Nullable
    String leaderId() {
        return leaderId;
    }

    boolean isLeader(String memberId) {
        return memberId.equals(leaderId);
    }

    boolean speaksConsumerProtocol() {
        return CONSUMER_PROTOCOL_TYPE.equals(protocolType);
    }

    /** In the order in which they joined first. */
    Collection<Member> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    @Nullable
    Member member(String memberId) {
        return members.get(memberId);
    }

    /** The member id that an instance has at present. */
    @Nullable
    String memberIdOf(String instanceId) {
        return memberIdsByInstance.get(instanceId);
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
        return joining;
    }

    boolean hasEverybodyJoined() {
        return joining == members.size() && reservedMemberIds.isEmpty();
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
        int longestMs = 0;
        for (Member member : members.values()) {
            longestMs = Math.max(longestMs, member.timeouts().rebalanceMs());
        }
        return longestMs;
    }

    /** Whether somebody who speaks this can be a member: there is a protocol that everybody in the group speaks. */
    boolean canSpeak(String type, Collection<String> protocols) {
        if (isEmpty()) {
            return !type.isEmpty() && !protocols.isEmpty();
        }
        return type.equals(protocolType) && protocols.stream().anyMatch(this::isSpokenByAll);
    }

    private boolean isSpokenByAll(String name) {
        return speakersByProtocol.getOrDefault(name, 0) == members.size();
    }

    /**
     * Every member votes for what it likes best of what all speak; a tie goes to what the leader likes better.
     *
     * @param electedLeaderId of a group that is not empty
     */
    String electProtocol(String electedLeaderId) {
        Map<String, Integer> votes = new HashMap<>();
        for (Member member : members.values()) {
            for (Member.Protocol offer : member.protocols()) {
                if (isSpokenByAll(offer.name())) {
                    votes.merge(offer.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        Member leader = members.get(electedLeaderId);
        String elected = null;
        for (Member.Protocol offer : leader == null ? List.<Member.Protocol>of() : leader.protocols()) {
            if (elected == null
                    ? isSpokenByAll(offer.name())
                    : votes.getOrDefault(offer.name(), 0) > votes.getOrDefault(elected, 0)) {
                elected = offer.name();
            }
        }
        if (elected == null) {
            throw new IllegalStateException("group " + id + " has members that share no protocol");
        }
        return elected;
    }

    /** The leader if it has joined, else the first member that has; null if none has. */
    @Nullable
    String electLeader() {
        Member leader = leaderId == null ? null : members.get(leaderId);
        if (leader != null && leader.isJoining()) {
            return leader.id();
        }
        for (Member member : members.values()) {
            if (member.isJoining()) {
                return member.id();
            }
        }
        return null;
    }

    /**
     * Whether members read the topic, so that its offsets must stay. Without knowing what consumers have subscribed to, the
     * answer is yes.
     */
    @Override
    public boolean isSubscribedTo(String topic) {
        if (!speaksConsumerProtocol() || members.isEmpty()) {
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
        for (Member member : members.values()) {
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
        for (Member member : members.values()) {
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
        if (members.isEmpty()) {
            protocolType = event.protocolType();
        }
        if (!members.containsKey(member.id())
                && phase instanceof Phase.PreparingRebalance preparing
                && preparing.growth() != null) {
            phase = new Phase.PreparingRebalance(
                    new Phase.PreparingRebalance.Growth(preparing.growth().limitMs(), true));
        }
        put(member);
        reservedMemberIds = reservedMemberIds.minus(member.id());
        if (leaderId == null) {
            leaderId = member.id();
        }
    }

    void on(MemberReplaced event) {
        Member member = event.member();
        PSet<String> unsynced = unsynced();
        drop(event.formerMemberId());
        put(member);
        if (event.formerMemberId().equals(leaderId)) {
            leaderId = member.id();
        }
        if (unsynced.contains(event.formerMemberId())) {
            setUnsynced(unsynced.minus(event.formerMemberId()).plus(member.id()));
        }
    }

    void on(MemberSynced event) {
        Member member = members.get(event.memberId());
        if (member != null) {
            put(member.waitingFor(event.waiting()));
            setUnsynced(unsynced().minus(event.memberId()));
        }
    }

    void on(MemberRemoved event) {
        drop(event.memberId());
        reservedMemberIds = reservedMemberIds.minus(event.memberId());
        setUnsynced(unsynced().minus(event.memberId()));
        if (event.memberId().equals(leaderId)) {
            leaderId = members.isEmpty() ? null : members.keySet().iterator().next();
        }
    }

    void on(RebalanceStarted event) {
        if (isCompleting()) {
            for (Member member : members.values()) {
                put(member.assigned(Bytes.NONE).waitingFor(member.isJoining() ? member.waiting() : Waiting.NOT));
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
        for (Member member : members.values()) {
            put(member.waitingFor(Waiting.NOT));
            unsynced = unsynced.plus(member.id());
        }
        phase = new Phase.CompletingRebalance(unsynced);
        phaseSinceMs = event.atMs();
    }

    /** The members that stay keep what the record does not tell: the protocols that they speak besides. */
    void on(GroupStored event) {
        PMap<String, Member> former = members;
        PSet<String> unsynced = unsynced();
        members = OrderedPMap.empty();
        memberIdsByInstance = HashTreePMap.empty();
        speakersByProtocol = HashTreePMap.empty();
        joining = 0;
        for (GroupStored.StoredMember stored : event.members()) {
            put(stored.toMember(event.protocol(), former.get(stored.identity().memberId())));
        }
        generation = event.generation();
        protocolType = event.protocolType().isEmpty() ? null : event.protocolType();
        protocol = event.protocol();
        leaderId = event.leaderId();
        phase = members.isEmpty() ? new Phase.Empty() : new Phase.Stable(unsynced);
        phaseSinceMs = event.phaseSinceMs();
    }

    private void put(Member member) {
        Member former = members.get(member.id());
        if (former != null) {
            forget(former);
        }
        members = members.plus(member.id(), member);
        String instanceId = member.identity().instanceId();
        if (instanceId != null) {
            memberIdsByInstance = memberIdsByInstance.plus(instanceId, member.id());
        }
        count(member, 1);
        joining += member.isJoining() ? 1 : 0;
    }

    private void drop(String memberId) {
        Member former = members.get(memberId);
        if (former != null) {
            forget(former);
            members = members.minus(memberId);
        }
    }

    private void forget(Member member) {
        String instanceId = member.identity().instanceId();
        if (instanceId != null) {
            memberIdsByInstance = memberIdsByInstance.minus(instanceId);
        }
        count(member, -1);
        joining -= member.isJoining() ? 1 : 0;
    }

    private void count(Member member, int change) {
        for (Member.Protocol offer : member.protocols()) {
            int speakers = speakersByProtocol.getOrDefault(offer.name(), 0) + change;
            speakersByProtocol = speakers == 0
                    ? speakersByProtocol.minus(offer.name())
                    : speakersByProtocol.plus(offer.name(), speakers);
        }
    }

    private void setUnsynced(PSet<String> unsynced) {
        if (isCompleting()) {
            phase = new Phase.CompletingRebalance(unsynced);
        } else if (isStable()) {
            phase = new Phase.Stable(unsynced);
        }
    }
}
