package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListPartitionReassignmentsRequest;

/** ListPartitionReassignments (key 46). With one broker there is nowhere to move a partition to: none is ever moving. */
final class ListPartitionReassignmentsHandler
        implements ApiHandler<ListPartitionReassignmentsRequest, ListPartitionReassignmentsResponseData> {

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
    }

    @Override
    public void handle(
            ApiRequest<ListPartitionReassignmentsRequest> request,
            Ticket<ListPartitionReassignmentsResponseData> ticket) {
        ticket.answer(new ListPartitionReassignmentsResponseData().setErrorMessage(null));
    }
}
