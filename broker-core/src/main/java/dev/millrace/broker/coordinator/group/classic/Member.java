package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.record.Bytes;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group.
 *
 * @param protocols what it can speak, the one it likes best first; never empty
 * @param assignment what the leader gave it in the latest generation that was agreed on
 * @param waiting the request of its that is still unanswered
 */
public record Member(
        Identity identity, Timeouts timeouts, List<Protocol> protocols, Bytes assignment, Waiting waiting) {

    /** Who waits for nothing. */
    public Member(Identity identity, Timeouts timeouts, List<Protocol> protocols, Bytes assignment) {
        this(identity, timeouts, protocols, assignment, Waiting.NOT);
    }

    /**
     * Who a member is.
     *
     * @param instanceId of a static member (KIP-345): survives the process, and so the member id
     */
    public record Identity(String memberId, @Nullable String instanceId, String clientId, String clientHost) {}

    /**
     * @param sessionMs the member is dead when it has not been heard of for so long
     * @param rebalanceMs how long it may take to come back when the group rebalances
     */
    public record Timeouts(int sessionMs, int rebalanceMs) {}

    /** Something that a member can speak, and what it says in it: for consumers an assignor and a subscription. */
    public record Protocol(String name, Bytes metadata) {}

    public String id() {
        return identity.memberId();
    }

    boolean isStatic() {
        return identity.instanceId() != null;
    }

    boolean isJoining() {
        return waiting instanceof Waiting.ToJoin;
    }

    /**
     * A member that waits for an answer can't send heartbeats. One that has never had an answer does not know its id yet,
     * and may be the orphan of a lost connection: it has to come back some time.
     */
    boolean isExcusedFromHeartbeat() {
        return waiting instanceof Waiting.ToSync || (waiting instanceof Waiting.ToJoin join && !join.newcomer());
    }

    Member waitingFor(Waiting request) {
        return new Member(identity, timeouts, protocols, assignment, request);
    }

    Member assigned(Bytes newAssignment) {
        return new Member(identity, timeouts, protocols, newAssignment, waiting);
    }

    boolean speaks(String protocol) {
        return protocols.stream().anyMatch(offer -> offer.name().equals(protocol));
    }

    /** What the member says in a protocol; nothing, if it does not speak it. */
    public Bytes metadata(@Nullable String protocol) {
        for (Protocol offer : protocols) {
            if (offer.name().equals(protocol)) {
                return offer.metadata();
            }
        }
        return Bytes.NONE;
    }

    /** As it is listed while the group has not agreed on a protocol. */
    DescribedGroupMember described() {
        return new DescribedGroupMember()
                .setMemberId(identity.memberId())
                .setGroupInstanceId(identity.instanceId())
                .setClientId(identity.clientId())
                .setClientHost(identity.clientHost())
                .setMemberAssignment(assignment.value());
    }
}
