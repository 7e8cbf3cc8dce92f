package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.jspecify.annotations.Nullable;

/**
 * Somebody wants to be a member, or a member wants the group to rebalance.
 *
 * @param version of the request: what the client can make of the answer depends on it
 * @param clientHost as it is listed: {@code /127.0.0.1}
 * @param newMemberId to be used if the client has none: nobody else was ever given it
 */
public record JoinGroup(
        JoinGroupRequestData request,
        short version,
        String clientId,
        String clientHost,
        String newMemberId,
        Ticket<JoinGroupResponseData> ticket)
        implements GroupCommand {

    /** The id of a new member: its instance, or else its client, made unique. */
    public static String newMemberId(@Nullable String instanceId, String clientId, String unique) {
        return (instanceId == null ? clientId : instanceId) + "-" + unique;
    }

    public static JoinGroupResponseData refusal(String memberId, Errors error) {
        return new JoinGroupResponseData().setMemberId(memberId).setErrorCode(error.code());
    }

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        boolean unknownMember = request.memberId().isEmpty();
        ClassicGroup group = ClassicGroup.orNew(groups, request.groupId());
        Errors error = checkRequest(config);
        Group known = groups.get(request.groupId());
        if (error == Errors.NONE && known instanceof HostsClassicMembers host && !known.isEmpty()) {
            return host.classicRequests(groups.topics(), config, nowMs).join(this);
        }
        if (error == Errors.NONE && !(known instanceof ClassicGroup) && !unknownMember) {
            error = Errors.UNKNOWN_MEMBER_ID;
        }
        if (error != Errors.NONE) {
            return Decision.answer(ticket, refusal(request.memberId(), error));
        }
        Decision.Builder<GroupEvent> decision = Decision.builder();
        if (known != null && !(known instanceof ClassicGroup)) {
            known.deletion().forEach(decision::event);
        }
        ClassicGroupDraft draft = new ClassicGroupDraft(group, config, nowMs, decision);
        if (!hasRoom(group, config)) {
            turnAway(draft);
        } else if (!group.canSpeak(request.protocolType(), protocolNames())) {
            draft.answer(ticket, refusal(request.memberId(), Errors.INCONSISTENT_GROUP_PROTOCOL));
        } else if (unknownMember) {
            joinUnknown(draft);
        } else if (request.groupInstanceId() == null && group.isReserved(request.memberId())) {
            add(draft, request.memberId());
        } else {
            rejoin(draft);
        }
        return draft.decision();
    }

    private Errors checkRequest(GroupConfig config) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        boolean bounded = request.sessionTimeoutMs() >= config.minSessionTimeoutMs()
                && request.sessionTimeoutMs() <= config.maxSessionTimeoutMs();
        return bounded ? Errors.NONE : Errors.INVALID_SESSION_TIMEOUT;
    }

    /**
     * While members join, those who have joined count: the group may be larger than it should be, for the limit was lowered,
     * and then the last to come find no room.
     */
    private boolean hasRoom(ClassicGroup group, GroupConfig config) {
        Member member = group.member(request.memberId());
        if (group.isEmpty()) {
            return true;
        }
        if (group.isPreparing()) {
            return (member != null && member.isJoining()) || group.joining() < config.maxSize();
        }
        return member != null || group.size() < config.maxSize();
    }

    private void turnAway(ClassicGroupDraft draft) {
        String memberId = request.memberId();
        draft.answer(ticket, refusal("", Errors.GROUP_MAX_SIZE_REACHED));
        if (draft.group().member(memberId) != null || draft.group().isReserved(memberId)) {
            draft.remove(memberId);
            draft.maybeCompleteJoin();
        }
    }

    private void joinUnknown(ClassicGroupDraft draft) {
        String instanceId = request.groupInstanceId();
        String formerMemberId = instanceId == null ? null : draft.group().memberIdOf(instanceId);
        if (formerMemberId != null) {
            replace(draft, formerMemberId);
        } else if (instanceId == null && JoinGroupRequest.requiresKnownMemberId(version)) {
            draft.record(new MemberIdReserved(request.groupId(), newMemberId));
            draft.extendSession(newMemberId, request.sessionTimeoutMs());
            draft.answer(ticket, refusal(newMemberId, Errors.MEMBER_ID_REQUIRED));
        } else {
            add(draft, newMemberId);
        }
    }

    private void add(ClassicGroupDraft draft, String memberId) {
        Member member = new Member(
                new Member.Identity(memberId, request.groupInstanceId(), clientId, clientHost),
                timeouts(),
                protocols(),
                Bytes.NONE,
                new Waiting.ToJoin(ticket, true));
        draft.record(new MemberJoined(request.groupId(), request.protocolType(), member));
        draft.extendSession(memberId, ClassicGroupDraft.NEWCOMER_TIMEOUT_MS);
        draft.rebalance("new member " + memberId + reason());
    }

    private void rejoin(ClassicGroupDraft draft) {
        ClassicGroup group = draft.group();
        Errors error = Membership.check(group, request.memberId(), request.groupInstanceId());
        Member member = group.member(request.memberId());
        if (error != Errors.NONE || member == null) {
            draft.answer(ticket, refusal(request.memberId(), error));
            return;
        }
        boolean changed = !member.protocols().equals(protocols());
        // A leader that joins again wants to assign anew: what it looked at has changed, such as a topic's partitions.
        boolean asksForRebalance = group.isStable() && group.isLeader(member.id());
        if (group.isPreparing() || changed || asksForRebalance) {
            update(draft, member);
        } else {
            // The answer to its last join may have got lost.
            draft.answer(ticket, draft.joined(member.id()));
        }
    }

    private void update(ClassicGroupDraft draft, Member member) {
        boolean newcomer = member.waiting() instanceof Waiting.ToJoin join && join.newcomer();
        draft.refuse(member, Errors.REBALANCE_IN_PROGRESS, member.id());
        draft.record(new MemberJoined(
                request.groupId(), request.protocolType(), updated(member.identity(), member.assignment(), newcomer)));
        draft.rebalance("member " + member.id() + " joins again" + reason());
    }

    /** An instance comes back with nothing but its name. Whoever uses its former member id is somebody it left behind. */
    private void replace(ClassicGroupDraft draft, String formerMemberId) {
        ClassicGroup group = draft.group();
        Member former = group.member(formerMemberId);
        if (former == null) {
            throw new IllegalStateException("group " + group.id() + " lacks its static member " + formerMemberId);
        }
        String formerLeaderId = group.leaderId();
        draft.refuse(former, Errors.FENCED_INSTANCE_ID, formerMemberId);
        draft.endSession(formerMemberId);
        Member.Identity identity =
                new Member.Identity(newMemberId, former.identity().instanceId(), clientId, clientHost);
        Member member = updated(identity, former.assignment(), false);
        draft.record(new MemberReplaced(group.id(), formerMemberId, member));
        draft.extendSession(member);
        String leaderId = group.leaderId();
        if (group.isStable()
                && leaderId != null
                && group.electProtocol(leaderId).equals(group.protocol())) {
            draft.record(group.stored());
            draft.answer(ticket, replaced(draft, formerLeaderId));
        } else {
            draft.rebalance("static member " + newMemberId + " replaces " + formerMemberId + reason());
        }
    }

    /** The group goes on as it was: a leader must not assign. Clients learned to be told so in version 9 (KIP-814). */
    private JoinGroupResponseData replaced(ClassicGroupDraft draft, @Nullable String formerLeaderId) {
        JoinGroupResponseData answer = draft.joined(newMemberId);
        if (JoinGroupRequest.supportsSkippingAssignment(version)) {
            return answer.setSkipAssignment(draft.group().isLeader(newMemberId));
        }
        return answer.setMembers(List.of()).setLeader(formerLeaderId == null ? "" : formerLeaderId);
    }

    private Member updated(Member.Identity identity, Bytes assignment, boolean newcomer) {
        return new Member(identity, timeouts(), protocols(), assignment, new Waiting.ToJoin(ticket, newcomer));
    }

    private Member.Timeouts timeouts() {
        return new Member.Timeouts(request.sessionTimeoutMs(), request.rebalanceTimeoutMs());
    }

    /** What the client speaks, each protocol once, or it would count for two members: of one named twice the first counts. */
    public List<Member.Protocol> protocols() {
        Map<String, Member.Protocol> protocols = new LinkedHashMap<>();
        request.protocols()
                .forEach(protocol -> protocols.putIfAbsent(
                        protocol.name(), new Member.Protocol(protocol.name(), new Bytes(protocol.metadata()))));
        return List.copyOf(protocols.values());
    }

    private List<String> protocolNames() {
        return protocols().stream().map(Member.Protocol::name).toList();
    }

    private String reason() {
        return request.reason() == null || request.reason().isEmpty() ? "" : ": " + request.reason();
    }
}
