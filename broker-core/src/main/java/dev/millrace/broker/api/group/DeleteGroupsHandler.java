package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.coordinator.group.shard.DeleteGroups;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;

/** DeleteGroups (key 42). */
final class DeleteGroupsHandler implements ApiHandler<DeleteGroupsRequest, DeleteGroupsResponseData> {

    private final GroupView groups;

    DeleteGroupsHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public void handle(ApiRequest<DeleteGroupsRequest> request, Ticket<DeleteGroupsResponseData> ticket) {
        Map<Integer, List<String>> byPartition =
                GroupsByPartition.of(groups.host(), request.body().data().groupsNames());
        Gathering<List<DeletableGroupResult>> gathering =
                new Gathering<>(byPartition.size(), answers -> ticket.answer(response(answers)));
        int part = 0;
        for (Map.Entry<Integer, List<String>> entry : byPartition.entrySet()) {
            List<String> groupIds = entry.getValue();
            Ticket<List<DeletableGroupResult>> deleted = gathering.part(part++, error -> failed(groupIds, error));
            groups.host()
                    .submit(entry.getKey(), deleted, open -> new DeleteGroups(new LinkedHashSet<>(groupIds), open));
        }
    }

    private static List<DeletableGroupResult> failed(List<String> groupIds, ApiException error) {
        List<DeletableGroupResult> results = new ArrayList<>();
        for (String groupId : groupIds) {
            results.add(new DeletableGroupResult()
                    .setGroupId(groupId)
                    .setErrorCode(Errors.forException(error).code()));
        }
        return results;
    }

    private static DeleteGroupsResponseData response(List<List<DeletableGroupResult>> answers) {
        DeletableGroupResultCollection results = new DeletableGroupResultCollection();
        answers.forEach(results::addAll);
        return new DeleteGroupsResponseData().setResults(results);
    }
}
