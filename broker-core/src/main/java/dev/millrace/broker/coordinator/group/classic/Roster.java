package dev.millrace.broker.coordinator.group.classic;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.OrderedPMap;
import org.pcollections.PMap;

/**
 * The members of a classic group, and what is counted of them, so that no question costs a look at all. Never changes:
 * a change makes another one, which shares what stays.
 *
 * @param byId in the order in which they joined first
 * @param speakersByProtocol how many members speak what
 * @param joining members that wait for the others to join
 */
record Roster(
        PMap<String, Member> byId,
        PMap<String, String> memberIdsByInstance,
        PMap<String, Integer> speakersByProtocol,
        int joining) {

    static final Roster EMPTY = new Roster(OrderedPMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), 0);

    Collection<Member> members() {
        return byId.values();
    }

    int size() {
        return byId.size();
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    @Nullable
    Member get(String memberId) {
        return byId.get(memberId);
    }

    /** A member that is there already keeps its place. */
    Roster with(Member member) {
        Member former = byId.get(member.id());
        Roster others = former == null ? this : without(former, byId);
        String instanceId = member.identity().instanceId();
        return new Roster(
                others.byId.plus(member.id(), member),
                instanceId == null
                        ? others.memberIdsByInstance
                        : others.memberIdsByInstance.plus(instanceId, member.id()),
                counted(others.speakersByProtocol, member, 1),
                others.joining + (member.isJoining() ? 1 : 0));
    }

    Roster without(String memberId) {
        Member former = byId.get(memberId);
        return former == null ? this : without(former, byId.minus(memberId));
    }

    private Roster without(Member former, PMap<String, Member> left) {
        String instanceId = former.identity().instanceId();
        return new Roster(
                left,
                instanceId == null ? memberIdsByInstance : memberIdsByInstance.minus(instanceId),
                counted(speakersByProtocol, former, -1),
                joining - (former.isJoining() ? 1 : 0));
    }

    private static PMap<String, Integer> counted(PMap<String, Integer> speakers, Member member, int change) {
        PMap<String, Integer> counted = speakers;
        for (Member.Protocol offer : member.protocols()) {
            int count = counted.getOrDefault(offer.name(), 0) + change;
            counted = count == 0 ? counted.minus(offer.name()) : counted.plus(offer.name(), count);
        }
        return counted;
    }

    /** The longest that any member asked for. */
    int rebalanceTimeoutMs() {
        int longestMs = 0;
        for (Member member : members()) {
            longestMs = Math.max(longestMs, member.timeouts().rebalanceMs());
        }
        return longestMs;
    }

    boolean isSpokenByAll(String protocol) {
        return speakersByProtocol.getOrDefault(protocol, 0) == size();
    }

    /**
     * Every member votes for what it likes best of what all speak; a tie goes to what the leader likes better. Null if they
     * share no protocol.
     */
    @Nullable
    String electProtocol(String leaderId) {
        Map<String, Integer> votes = new HashMap<>();
        for (Member member : members()) {
            for (Member.Protocol offer : member.protocols()) {
                if (isSpokenByAll(offer.name())) {
                    votes.merge(offer.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        Member leader = byId.get(leaderId);
        String elected = null;
        for (Member.Protocol offer : leader == null ? List.<Member.Protocol>of() : leader.protocols()) {
            if (elected == null
                    ? isSpokenByAll(offer.name())
                    : votes.getOrDefault(offer.name(), 0) > votes.getOrDefault(elected, 0)) {
                elected = offer.name();
            }
        }
        return elected;
    }

    /** The leader if it has joined, else the first member that has; null if none has. */
    @Nullable
    String electLeader(@Nullable String leaderId) {
        Member leader = leaderId == null ? null : byId.get(leaderId);
        if (leader != null && leader.isJoining()) {
            return leader.id();
        }
        for (Member member : members()) {
            if (member.isJoining()) {
                return member.id();
            }
        }
        return null;
    }
}
