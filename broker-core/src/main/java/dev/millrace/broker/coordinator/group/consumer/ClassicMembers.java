package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.ClassicRequests;
import dev.millrace.broker.coordinator.group.classic.Heartbeat;
import dev.millrace.broker.coordinator.group.classic.JoinGroup;
import dev.millrace.broker.coordinator.group.classic.LeaveGroup;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.classic.SyncGroup;
import dev.millrace.broker.coordinator.group.consumer.CurrentAssignment.State;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.coordinator.group.subscription.ConsumerSubscription;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupResponseData.MemberResponse;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.jspecify.annotations.Nullable;

/**
 * Members of a group of the consumer protocol that speak the classic one: what they join, sync and send heartbeats to is
 * this group, in words that they understand. The coordinator is their leader. To join again is how such a member takes a
 * step towards its target; it is told to when there is one to take.
 */
final class ClassicMembers implements ClassicRequests {

    private final ConsumerGroupDraft draft;
    private final ClusterTopics topics;
    private final GroupConfig config;

    ClassicMembers(ConsumerGroupDraft draft, ClusterTopics topics, GroupConfig config) {
        this.draft = draft;
        this.topics = topics;
        this.config = config;
    }

    @Override
    public Decision<GroupEvent> join(JoinGroup command) {
        return decide(
                command.ticket(),
                () -> joined(command),
                refusal -> JoinGroup.refusal(command.request().memberId(), refusal));
    }

    @Override
    public Decision<GroupEvent> sync(SyncGroup command) {
        return decide(command.ticket(), () -> synced(command.request()), refusal -> new SyncGroupResponseData()
                .setErrorCode(refusal.code()));
    }

    @Override
    public Decision<GroupEvent> heartbeat(Heartbeat command) {
        return decide(
                command.ticket(),
                () -> new HeartbeatResponseData()
                        .setErrorCode(heard(command.request()).code()),
                refusal -> new HeartbeatResponseData().setErrorCode(refusal.code()));
    }

    @Override
    public Decision<GroupEvent> leave(LeaveGroup command) {
        draft.answer(command.ticket(), left(command.request().members()));
        return draft.decision();
    }

    /** What was decided until a refusal does not happen. */
    private <R> Decision<GroupEvent> decide(Ticket<R> ticket, Supplier<R> answer, Function<Errors, R> refused) {
        try {
            draft.answer(ticket, answer.get());
            return draft.decision();
        } catch (ApiException refusal) {
            return Decision.answer(ticket, refused.apply(Errors.forException(refusal)));
        }
    }

    /** @throws ApiException with the error to be answered */
    private JoinGroupResponseData joined(JoinGroup command) {
        JoinGroupRequestData request = command.request();
        ConsumerGroup group = draft.group();
        boolean unknown = request.memberId().isEmpty();
        String memberId = unknown ? command.newMemberId() : request.memberId();
        List<Member.Protocol> protocols = command.protocols();
        ConsumerSubscription subscription = protocols.isEmpty()
                ? null
                : ConsumerSubscription.of(protocols.get(0).metadata());
        checkAdmission(request, memberId, protocols, subscription);
        String instanceId = request.groupInstanceId();
        if (unknown && instanceId == null && JoinGroupRequest.requiresKnownMemberId(command.version())) {
            return JoinGroup.refusal(memberId, Errors.MEMBER_ID_REQUIRED);
        }
        ConsumerMember before = instanceId == null ? group.member(memberId) : admit(instanceId, memberId, unknown);
        ConsumerSubscription told = Objects.requireNonNull(subscription);
        ConsumerMember member = new ConsumerMember(
                new Member.Identity(memberId, instanceId, command.clientId(), command.clientHost()),
                told.message().rackId(),
                request.rebalanceTimeoutMs(),
                Collections.unmodifiableSortedSet(new TreeSet<>(told.message().topics())),
                "",
                null,
                new ConsumerMember.Classic(request.sessionTimeoutMs(), protocols));
        draft.update(before, member, told.owned(topics));
        draft.rejoined(memberId);
        draft.extendSession(memberId, request.sessionTimeoutMs());
        draft.awaitSync(memberId, request.rebalanceTimeoutMs());
        JoinGroupResponseData answer = new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(group.current(memberId).memberEpoch())
                .setProtocolType(ConsumerSubscription.PROTOCOL_TYPE)
                .setProtocolName(protocols.get(0).name())
                .setLeader("");
        maybeDowngrade(before);
        return answer;
    }

    private void checkAdmission(
            JoinGroupRequestData request,
            String memberId,
            List<Member.Protocol> protocols,
            @Nullable ConsumerSubscription subscription) {
        if (config.consumer().migration() == ConsumerGroupConfig.Migration.DISABLED) {
            throw Errors.INCONSISTENT_GROUP_PROTOCOL.exception(
                    "Group " + request.groupId()
                            + " speaks the consumer protocol, and group.consumer.migration.policy lets nobody in who does not.");
        }
        if (!draft.hasRoomFor(memberId)) {
            throw new GroupMaxSizeReachedException("Group " + request.groupId() + " is full.");
        }
        boolean understood = ConsumerSubscription.PROTOCOL_TYPE.equals(request.protocolType())
                && subscription != null
                && speaksWithOthers(memberId, protocols);
        if (!understood) {
            throw Errors.INCONSISTENT_GROUP_PROTOCOL.exception(
                    "Member " + memberId + " speaks no protocol that all classic members of the group speak.");
        }
    }

    private boolean speaksWithOthers(String memberId, List<Member.Protocol> protocols) {
        List<String> common =
                new ArrayList<>(protocols.stream().map(Member.Protocol::name).toList());
        for (ConsumerMember other : draft.group().members()) {
            ConsumerMember.Classic classic = other.classic();
            if (classic != null && !other.id().equals(memberId)) {
                common.retainAll(
                        classic.protocols().stream().map(Member.Protocol::name).toList());
            }
        }
        return !common.isEmpty();
    }

    private @Nullable ConsumerMember admit(String instanceId, String memberId, boolean unknown) {
        if (!unknown) {
            return draft.known(instanceId, memberId);
        }
        ConsumerMember former = draft.group().instance(instanceId);
        return former == null ? null : draft.replace(former, memberId);
    }

    /** The last member that spoke the consumer protocol may have come back speaking the classic one. */
    private void maybeDowngrade(@Nullable ConsumerMember before) {
        boolean replaced = before != null && !before.isClassic();
        if (replaced
                && draft.group().isClassicBut(List.of())
                && config.consumer().migration().downgrades()
                && draft.group().size() <= config.maxSize()) {
            draft.downgrade();
        }
    }

    /** @throws ApiException with the error to be answered */
    private SyncGroupResponseData synced(SyncGroupRequestData request) {
        ConsumerMember member = member(request.memberId(), request.groupInstanceId());
        ConsumerMember.Classic classic = Objects.requireNonNull(member.classic());
        CurrentAssignment current = checkGeneration(member, request.generationId());
        String protocol = classic.protocols().get(0).name();
        boolean otherType =
                request.protocolType() != null && !request.protocolType().equals(ConsumerSubscription.PROTOCOL_TYPE);
        if (otherType
                || (request.protocolName() != null && !request.protocolName().equals(protocol))) {
            throw Errors.INCONSISTENT_GROUP_PROTOCOL.exception("Member " + member.id() + " joined with " + protocol
                    + ", not with " + request.protocolName() + ".");
        }
        if (draft.group().epoch() > current.memberEpoch() && current.state() != State.UNREVOKED_PARTITIONS) {
            draft.awaitRejoin(member);
            return new SyncGroupResponseData().setErrorCode(Errors.REBALANCE_IN_PROGRESS.code());
        }
        draft.synced(member.id());
        draft.extendSession(member.id(), classic.sessionTimeoutMs());
        ConsumerSubscription subscription =
                ConsumerSubscription.of(classic.protocols().get(0).metadata());
        Bytes assignment = subscription == null
                ? Bytes.NONE
                : subscription.assignment(current.assigned().keySet(), topics);
        return new SyncGroupResponseData()
                .setProtocolType(request.protocolType())
                .setProtocolName(request.protocolName())
                .setAssignment(assignment.value());
    }

    /**
     * The member is to join again when there is a new target, when it has something to give up, or when something that it
     * waits for is free.
     *
     * @throws ApiException with the error to be answered
     */
    private Errors heard(HeartbeatRequestData request) {
        ConsumerMember member = member(request.memberId(), request.groupInstanceId());
        CurrentAssignment current = checkGeneration(member, request.generationId());
        draft.extendSession(
                member.id(), Objects.requireNonNull(member.classic()).sessionTimeoutMs());
        boolean rejoins = current.memberEpoch() < draft.group().epoch()
                || current.state() == State.UNREVOKED_PARTITIONS
                || (current.state() == State.UNRELEASED_PARTITIONS && !waits(member, current));
        if (rejoins) {
            draft.awaitRejoin(member);
        }
        return rejoins ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    private boolean waits(ConsumerMember member, CurrentAssignment current) {
        Set<PartitionId> target = draft.group().target(member.id());
        return target != null
                && target.stream()
                        .anyMatch(partition -> !current.assigned().containsKey(partition)
                                && draft.group().owner(partition) != null);
    }

    private LeaveGroupResponseData left(List<MemberIdentity> identities) {
        List<MemberResponse> responses = new ArrayList<>();
        List<ConsumerMember> gone = new ArrayList<>();
        for (MemberIdentity identity : identities) {
            MemberResponse response = new MemberResponse()
                    .setMemberId(identity.memberId())
                    .setGroupInstanceId(identity.groupInstanceId());
            try {
                ConsumerMember member = leaving(identity);
                if (!gone.contains(member)) {
                    gone.add(member);
                }
            } catch (ApiException refusal) {
                response.setErrorCode(Errors.forException(refusal).code());
            }
            responses.add(response);
        }
        if (!gone.isEmpty()) {
            draft.remove(gone, "they left");
        }
        return new LeaveGroupResponseData().setMembers(responses);
    }

    /** Whatever the member speaks; an operator removes instances, whose member ids it need not know (KIP-345). */
    private ConsumerMember leaving(MemberIdentity identity) {
        String instanceId = identity.groupInstanceId();
        if (instanceId == null) {
            return draft.known(identity.memberId());
        }
        ConsumerMember member = draft.group().instance(instanceId);
        if (member == null) {
            throw new UnknownMemberIdException("The group has no member of instance " + instanceId + ".");
        }
        return identity.memberId().isEmpty() ? member : draft.known(instanceId, identity.memberId());
    }

    private ConsumerMember member(String memberId, @Nullable String instanceId) {
        ConsumerMember member = instanceId == null ? draft.known(memberId) : draft.known(instanceId, memberId);
        if (!member.isClassic()) {
            throw new UnknownMemberIdException("Member " + memberId + " speaks the consumer protocol.");
        }
        return member;
    }

    private CurrentAssignment checkGeneration(ConsumerMember member, int generation) {
        CurrentAssignment current = draft.group().current(member.id());
        if (generation != current.memberEpoch()) {
            throw Errors.ILLEGAL_GENERATION.exception("Member " + member.id() + " is at generation "
                    + current.memberEpoch() + ", not at " + generation + ".");
        }
        return current;
    }
}
