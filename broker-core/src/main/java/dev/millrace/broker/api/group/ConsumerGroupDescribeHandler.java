package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.coordinator.group.consumer.DescribeConsumerGroups;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;

/** ConsumerGroupDescribe (key 69), of groups of the consumer protocol. */
final class ConsumerGroupDescribeHandler
        implements ApiHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponseData> {

    private final GroupView groups;

    ConsumerGroupDescribeHandler(GroupView groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CONSUMER_GROUP_DESCRIBE;
    }

    @Override
    public void handle(
            ApiRequest<ConsumerGroupDescribeRequest> request, Ticket<ConsumerGroupDescribeResponseData> ticket) {
        boolean withOperations = request.body().data().includeAuthorizedOperations();
        Map<Integer, List<String>> byPartition =
                GroupsByPartition.ofEach(groups.host(), request.body().data().groupIds());
        Gathering<List<DescribedGroup>> gathering =
                new Gathering<>(byPartition.size(), answers -> ticket.answer(response(answers, withOperations)));
        int part = 0;
        for (Map.Entry<Integer, List<String>> entry : byPartition.entrySet()) {
            List<String> groupIds = entry.getValue();
            Ticket<List<DescribedGroup>> described = gathering.part(part++, error -> failed(groupIds, error));
            groups.host().submit(entry.getKey(), described, open -> new DescribeConsumerGroups(groupIds, open));
        }
    }

    private static List<DescribedGroup> failed(List<String> groupIds, ApiException error) {
        List<DescribedGroup> failed = new ArrayList<>();
        for (String groupId : groupIds) {
            failed.add(new DescribedGroup()
                    .setGroupId(groupId)
                    .setErrorCode(Errors.forException(error).code())
                    .setErrorMessage(error.getMessage()));
        }
        return failed;
    }

    private static ConsumerGroupDescribeResponseData response(
            List<List<DescribedGroup>> answers, boolean withOperations) {
        ConsumerGroupDescribeResponseData response = new ConsumerGroupDescribeResponseData();
        answers.forEach(response.groups()::addAll);
        if (withOperations) {
            for (DescribedGroup group : response.groups()) {
                if (group.errorCode() == Errors.NONE.code()) {
                    group.setAuthorizedOperations(AuthorizedOperations.GROUP);
                }
            }
        }
        return response;
    }
}
