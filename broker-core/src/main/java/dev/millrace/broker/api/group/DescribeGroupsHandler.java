package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.coordinator.group.classic.DescribeGroups;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;

/** DescribeGroups (key 15), of groups of the classic protocol. */
final class DescribeGroupsHandler implements ApiHandler<DescribeGroupsRequest, DescribeGroupsResponseData> {

    private final GroupView groups;

    DescribeGroupsHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public void handle(ApiRequest<DescribeGroupsRequest> request, Ticket<DescribeGroupsResponseData> ticket) {
        boolean withOperations = request.body().data().includeAuthorizedOperations();
        Map<Integer, List<String>> byPartition =
                GroupsByPartition.ofEach(groups.host(), request.body().data().groups());
        Gathering<List<DescribedGroup>> gathering =
                new Gathering<>(byPartition.size(), answers -> ticket.answer(response(answers, withOperations)));
        int part = 0;
        for (Map.Entry<Integer, List<String>> entry : byPartition.entrySet()) {
            List<String> groupIds = entry.getValue();
            Ticket<List<DescribedGroup>> described = gathering.part(
                    part++,
                    error -> DescribeGroupsRequest.getErrorDescribedGroupList(groupIds, Errors.forException(error)));
            groups.host()
                    .submit(entry.getKey(), described, open -> new DescribeGroups(groupIds, request.version(), open));
        }
    }

    private static DescribeGroupsResponseData response(List<List<DescribedGroup>> answers, boolean withOperations) {
        List<DescribedGroup> all = new ArrayList<>();
        answers.forEach(all::addAll);
        if (withOperations) {
            for (DescribedGroup group : all) {
                if (group.errorCode() == Errors.NONE.code()) {
                    group.setAuthorizedOperations(AuthorizedOperations.GROUP);
                }
            }
        }
        return new DescribeGroupsResponseData().setGroups(all);
    }
}
