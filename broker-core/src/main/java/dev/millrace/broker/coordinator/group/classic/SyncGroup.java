package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.coordinator.group.record.Bytes;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** A member wants its assignment; the leader brings everybody's. */
public record SyncGroup(SyncGroupRequestData request, Ticket<SyncGroupResponseData> ticket) implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        HostsClassicMembers host = groups.get(request.groupId(), HostsClassicMembers.class);
        if (host != null) {
            return host.classicRequests(groups.topics(), config, nowMs).sync(this);
        }
        ClassicGroup group = ClassicGroup.orNew(groups, request.groupId());
        Errors error = check(group);
        Member member = group.member(request.memberId());
        if (error != Errors.NONE || member == null) {
            return Decision.answer(ticket, new SyncGroupResponseData().setErrorCode(error.code()));
        }
        ClassicGroupDraft draft = new ClassicGroupDraft(group, config, nowMs);
        if (group.isStable()) {
            draft.synced(member.id(), Waiting.NOT);
            draft.answer(ticket, assignment(group, member));
        } else {
            draft.refuse(member, Errors.REBALANCE_IN_PROGRESS, member.id());
            draft.synced(member.id(), new Waiting.ToSync(ticket));
            if (group.isLeader(member.id())) {
                assign(draft, nowMs);
            }
        }
        return draft.decision();
    }

    private Errors check(ClassicGroup group) {
        if (request.groupId().isEmpty()) {
            return Errors.INVALID_GROUP_ID;
        }
        Errors error = Membership.check(group, request.memberId(), request.groupInstanceId(), request.generationId());
        if (error != Errors.NONE) {
            return error;
        }
        if (isInconsistent(request.protocolType(), group.protocolType())
                || isInconsistent(request.protocolName(), group.protocol())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        return group.isPreparing() ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    /** Clients before version 5 say nothing. */
    private static boolean isInconsistent(@Nullable String claimed, @Nullable String actual) {
        return claimed != null && actual != null && !claimed.equals(actual);
    }

    /** A member that the leader left out gets nothing, which is an assignment too. */
    private void assign(ClassicGroupDraft draft, long nowMs) {
        Map<String, Bytes> assignments = new HashMap<>();
        request.assignments()
                .forEach(assignment -> assignments.put(assignment.memberId(), new Bytes(assignment.assignment())));
        ClassicGroup group = draft.group();
        List<Member> members = List.copyOf(group.members());
        List<GroupStored.StoredMember> stored = new ArrayList<>();
        for (Member member : members) {
            stored.add(new GroupStored.StoredMember(
                    member.identity(),
                    member.timeouts(),
                    member.metadata(group.protocol()),
                    assignments.getOrDefault(member.id(), Bytes.NONE)));
        }
        String protocolType = group.protocolType() == null ? "" : group.protocolType();
        draft.record(new GroupStored(
                group.id(), protocolType, group.generation(), group.protocol(), group.leaderId(), nowMs, stored));
        for (Member member : members) {
            Member assigned = group.member(member.id());
            if (assigned != null && member.waiting() instanceof Waiting.ToSync sync) {
                draft.answer(sync.ticket(), assignment(group, assigned));
                draft.extendSession(member);
            }
        }
    }

    private static SyncGroupResponseData assignment(ClassicGroup group, Member member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.protocolType())
                .setProtocolName(group.protocol())
                .setAssignment(member.assignment().value());
    }
}
