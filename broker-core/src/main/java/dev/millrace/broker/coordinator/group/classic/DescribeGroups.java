package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroupMember;
import org.apache.kafka.common.protocol.Errors;

/** What is known of groups? */
public record DescribeGroups(List<String> groupIds, short version, Ticket<List<DescribedGroup>> ticket)
        implements GroupCommand {

    @Override
    public Decision<GroupEvent> decide(Groups groups, GroupConfig config, long nowMs) {
        return Decision.answer(
                ticket,
                groupIds.stream().map(groupId -> describe(groups, groupId)).toList());
    }

    private DescribedGroup describe(Groups groups, String groupId) {
        ClassicGroup group = groups.get(groupId, ClassicGroup.class);
        if (group == null) {
            return missing(groups, groupId);
        }
        DescribedGroup answer = new DescribedGroup()
                .setGroupId(groupId)
                .setGroupState(group.phase().title())
                .setProtocolType(group.protocolType() == null ? "" : group.protocolType());
        String protocol = group.protocol();
        boolean agreed = group.isStable() && protocol != null;
        if (agreed) {
            answer.setProtocolData(protocol);
        }
        for (Member member : group.members()) {
            DescribedGroupMember described = member.described();
            if (agreed) {
                described.setMemberMetadata(member.metadata(protocol).value());
            }
            answer.members().add(described);
        }
        return answer;
    }

    /** Clients learned in version 6 that a group that is not there is not a dead one (KIP-1043). */
    private DescribedGroup missing(Groups groups, String groupId) {
        DescribedGroup answer = new DescribedGroup().setGroupId(groupId).setGroupState("Dead");
        return version < 6
                ? answer
                : answer.setErrorCode(Errors.GROUP_ID_NOT_FOUND.code())
                        .setErrorMessage(
                                groups.get(groupId) == null
                                        ? "Group " + groupId + " not found."
                                        : "Group " + groupId + " is not a classic group.");
    }
}
