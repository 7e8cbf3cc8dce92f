package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.assignor.Assignor;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import dev.millrace.broker.coordinator.group.classic.ClassicGroup;
import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.FencedMemberEpochException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupMaxSizeReachedException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedAssignorException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.jspecify.annotations.Nullable;

/**
 * A consumer joins a group, stays in it or leaves it, and learns what it has to read (KIP-848). What it does not tell is as
 * it told before.
 *
 * @param version from 1 on clients make their member ids themselves (KIP-1082)
 * @param clientHost as it is listed: {@code /127.0.0.1}
 * @param newMemberId to be used if the client has none: nobody else was ever given it
 */
public record ConsumerGroupHeartbeat(
        ConsumerGroupHeartbeatRequestData request,
        short version,
        String clientId,
        String clientHost,
        String newMemberId,
        Ticket<ConsumerGroupHeartbeatResponseData> ticket)
        implements GroupCommand {

    private static final int JOINING = ConsumerGroupHeartbeatRequest.JOIN_GROUP_MEMBER_EPOCH;
    private static final int LEAVING = ConsumerGroupHeartbeatRequest.LEAVE_GROUP_MEMBER_EPOCH;
    private static final int LEAVING_FOR_A_WHILE = ConsumerGroupHeartbeatRequest.LEAVE_GROUP_STATIC_MEMBER_EPOCH;

    private static final short CLIENT_MADE_IDS = 1;

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        try {
            checkRequest(config.consumer());
            boolean leaves = request.memberEpoch() == LEAVING || request.memberEpoch() == LEAVING_FOR_A_WHILE;
            return leaves ? leave(groups, config, nowMs) : heartbeat(groups, config, nowMs);
        } catch (ApiException refusal) {
            return Decision.answer(
                    ticket,
                    new ConsumerGroupHeartbeatResponseData()
                            .setErrorCode(Errors.forException(refusal).code())
                            .setErrorMessage(refusal.getMessage()));
        }
    }

    private void checkRequest(ConsumerGroupConfig config) {
        if (!config.enabled()) {
            throw new UnsupportedVersionException(
                    "The consumer protocol is not among group.coordinator.rebalance.protocols.");
        }
        int epoch = request.memberEpoch();
        if (version >= CLIENT_MADE_IDS || epoch > 0 || epoch == LEAVING) {
            refuse(isBlank(request.memberId()), "MemberId must not be empty.");
        }
        refuse(isBlank(request.groupId()), "GroupId must not be empty.");
        refuse(isBlank(request.instanceId()), "InstanceId must not be empty.");
        refuse(isBlank(request.rackId()), "RackId must not be empty.");
        if (epoch == JOINING) {
            refuse(
                    request.rebalanceTimeoutMs() == -1,
                    "RebalanceTimeoutMs is missing; a member has to tell it when it joins.");
            refuse(
                    request.topicPartitions() == null
                            || !request.topicPartitions().isEmpty(),
                    "TopicPartitions must be there and empty: a member that joins has none.");
            refuse(
                    request.subscribedTopicNames() == null && request.subscribedTopicRegex() == null,
                    "SubscribedTopicNames or SubscribedTopicRegex is missing; a member has to tell one when it joins.");
        } else if (epoch == LEAVING_FOR_A_WHILE) {
            refuse(request.instanceId() == null, "InstanceId is missing; only a static member may leave for a while.");
        } else {
            refuse(epoch < LEAVING, "MemberEpoch " + epoch + " means nothing.");
        }
        if (request.serverAssignor() != null && config.assignor(request.serverAssignor()) == null) {
            throw new UnsupportedAssignorException(
                    "There is no ServerAssignor " + request.serverAssignor() + "; there are "
                            + config.assignors().stream().map(Assignor::name).toList() + ".");
        }
    }

    private static boolean isBlank(@Nullable String value) {
        return value != null && value.isBlank();
    }

    private static void refuse(boolean invalid, String why) {
        if (invalid) {
            throw new InvalidRequestException(why);
        }
    }

    private Decision<GroupEvent> leave(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroup group = groups.get(request.groupId(), ConsumerGroup.class);
        if (group == null) {
            throw notFound();
        }
        ConsumerGroupDraft draft = new ConsumerGroupDraft(group, groups.topics(), config, nowMs);
        String instanceId = request.instanceId();
        ConsumerMember member =
                instanceId == null ? draft.known(request.memberId()) : draft.known(instanceId, request.memberId());
        if (request.memberEpoch() == LEAVING_FOR_A_WHILE) {
            draft.leaveForAWhile(member);
        } else {
            draft.remove(List.of(member), "it left");
        }
        draft.answer(
                ticket,
                new ConsumerGroupHeartbeatResponseData()
                        .setMemberId(member.id())
                        .setMemberEpoch(request.memberEpoch()));
        return draft.decision();
    }

    private Decision<GroupEvent> heartbeat(Groups groups, GroupConfig config, long nowMs) {
        ConsumerGroupDraft draft = draft(groups, config, nowMs);
        String memberId = request.memberId().isEmpty() ? newMemberId : request.memberId();
        if (!draft.hasRoomFor(memberId)) {
            throw new GroupMaxSizeReachedException(
                    "Group " + request.groupId() + " has as many members as it may have: "
                            + config.consumer().maxSize() + ".");
        }
        ConsumerMember before = admit(draft, memberId);
        SortedSet<PartitionId> had =
                new TreeSet<>(draft.group().current(memberId).assigned().keySet());
        draft.update(before, told(before, memberId), owned());
        draft.extendSession(memberId);
        CurrentAssignment current = draft.group().current(memberId);
        ConsumerGroupHeartbeatResponseData answer = new ConsumerGroupHeartbeatResponseData()
                .setMemberId(memberId)
                .setMemberEpoch(current.memberEpoch())
                .setHeartbeatIntervalMs(draft.heartbeatIntervalMs());
        if (request.memberEpoch() == JOINING
                || isFull()
                || !had.equals(current.assigned().keySet())) {
            answer.setAssignment(assignment(current));
        }
        draft.answer(ticket, answer);
        return draft.decision();
    }

    /** Of the group, which is there, or begins with this member, or changes its protocol for it. */
    private ConsumerGroupDraft draft(Groups groups, GroupConfig config, long nowMs) {
        Group group = groups.get(request.groupId());
        if (group instanceof ConsumerGroup consumerGroup) {
            return new ConsumerGroupDraft(consumerGroup, groups.topics(), config, nowMs);
        }
        if (request.memberEpoch() != JOINING) {
            throw notFound();
        }
        ConsumerGroup none = new ConsumerGroup(request.groupId());
        ConsumerGroupDraft draft = new ConsumerGroupDraft(none, groups.topics(), config, nowMs);
        if (group instanceof ClassicGroup classic && classic.isEmpty()) {
            // Somebody may have been given an id, and may or may not come back with it: it is no member yet.
            classic.dissolve(draft.builder());
        } else if (group instanceof ClassicGroup classic) {
            Upgrade.of(classic, draft, groups.topics(), config);
        }
        return draft;
    }

    private GroupIdNotFoundException notFound() {
        return new GroupIdNotFoundException("There is no consumer group " + request.groupId() + ".");
    }

    /** @return the member as it was; null for one that is new */
    private @Nullable ConsumerMember admit(ConsumerGroupDraft draft, String memberId) {
        String instanceId = request.instanceId();
        boolean joins = request.memberEpoch() == JOINING;
        if (instanceId == null) {
            ConsumerMember member = joins ? draft.group().member(memberId) : draft.known(memberId);
            checkEpoch(draft.group().current(memberId));
            return member;
        }
        if (!joins) {
            ConsumerMember member = draft.known(instanceId, memberId);
            checkEpoch(draft.group().current(memberId));
            return member;
        }
        ConsumerMember former = draft.group().instance(instanceId);
        if (former == null) {
            return draft.group().member(memberId);
        }
        if (!former.isClassic() && !draft.group().current(former.id()).hasLeft()) {
            throw Errors.UNRELEASED_INSTANCE_ID.exception(
                    "Instance " + instanceId + " is still in the group, as member " + former.id()
                            + "; it has to leave before member " + memberId + " can take its place.");
        }
        return draft.replace(former, memberId);
    }

    /**
     * A member that did not learn of its latest epoch may come with the one before, if it has nothing that it should not
     * have.
     */
    private void checkEpoch(CurrentAssignment current) {
        int epoch = request.memberEpoch();
        if (epoch == current.memberEpoch()) {
            return;
        }
        Set<PartitionId> owned = owned();
        boolean late = epoch == current.previousMemberEpoch()
                && owned != null
                && current.assigned().keySet().containsAll(owned);
        if (epoch > current.memberEpoch() || !late) {
            throw new FencedMemberEpochException("The member's epoch is " + current.memberEpoch() + ", not " + epoch
                    + "; it has to give up all its partitions and join again.");
        }
    }

    private ConsumerMember told(@Nullable ConsumerMember before, String memberId) {
        List<String> topics = request.subscribedTopicNames();
        int rebalanceTimeoutMs = request.rebalanceTimeoutMs();
        return new ConsumerMember(
                new Member.Identity(
                        memberId,
                        or(request.instanceId(), before == null ? null : before.instanceId()),
                        clientId,
                        clientHost),
                or(request.rackId(), before == null ? null : before.rackId()),
                rebalanceTimeoutMs == -1 && before != null ? before.rebalanceTimeoutMs() : rebalanceTimeoutMs,
                topics == null && before != null
                        ? before.topics()
                        : Collections.unmodifiableSortedSet(new TreeSet<>(topics == null ? List.of() : topics)),
                request.subscribedTopicRegex() == null
                        ? (before == null ? "" : before.topicRegex())
                        : request.subscribedTopicRegex(),
                or(request.serverAssignor(), before == null ? null : before.assignor()),
                null);
    }

    private static @Nullable String or(@Nullable String told, @Nullable String before) {
        return told == null ? before : told;
    }

    private @Nullable Set<PartitionId> owned() {
        if (request.topicPartitions() == null) {
            return null;
        }
        Set<PartitionId> owned = new TreeSet<>();
        for (TopicPartitions topic : request.topicPartitions()) {
            topic.partitions().forEach(partition -> owned.add(new PartitionId(topic.topicId(), partition)));
        }
        return owned;
    }

    /** A member that is not sure what the coordinator knows tells everything, and wants to be told everything. */
    private boolean isFull() {
        return request.rebalanceTimeoutMs() != -1
                && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
                && request.topicPartitions() != null;
    }

    private static ConsumerGroupHeartbeatResponseData.Assignment assignment(CurrentAssignment current) {
        ConsumerGroupHeartbeatResponseData.Assignment assignment = new ConsumerGroupHeartbeatResponseData.Assignment();
        Map<Uuid, List<PartitionId>> byTopic =
                PartitionId.byTopic(current.assigned().keySet());
        byTopic.forEach((topicId, partitions) -> assignment
                .topicPartitions()
                .add(new ConsumerGroupHeartbeatResponseData.TopicPartitions()
                        .setTopicId(topicId)
                        .setPartitions(new ArrayList<>(
                                partitions.stream().map(PartitionId::partition).toList()))));
        return assignment;
    }
}
