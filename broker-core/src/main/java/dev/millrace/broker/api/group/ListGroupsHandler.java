package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.group.shard.ListGroups;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsResponseData.ListedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListGroupsRequest;

/** ListGroups (key 16): the groups that this broker coordinates. */
final class ListGroupsHandler implements ApiHandler<ListGroupsRequest, ListGroupsResponseData> {

    private final GroupView groups;

    ListGroupsHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public void handle(ApiRequest<ListGroupsRequest> request, Ticket<ListGroupsResponseData> ticket) {
        ListGroupsRequestData body = request.body().data();
        Ticket<List<List<ListedGroup>>> joined = new MappedTicket<>(ticket, answers -> new ListGroupsResponseData()
                .setGroups(answers.stream().flatMap(List::stream).toList()));
        groups.host().submitToAll(joined, open -> new ListGroups(body.statesFilter(), body.typesFilter(), open));
    }
}
