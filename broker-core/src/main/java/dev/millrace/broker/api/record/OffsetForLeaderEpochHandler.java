package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.Partition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetsForLeaderEpochRequest;

/** OffsetForLeaderEpoch (key 23): where a term ended, for a reader that checks whether its history still stands. */
final class OffsetForLeaderEpochHandler
        implements ApiHandler<OffsetsForLeaderEpochRequest, OffsetForLeaderEpochResponseData> {

    private final NodeView node;

    OffsetForLeaderEpochHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.OFFSET_FOR_LEADER_EPOCH;
    }

    @Override
    public void handle(
            ApiRequest<OffsetsForLeaderEpochRequest> request, Ticket<OffsetForLeaderEpochResponseData> ticket) {
        OffsetForLeaderEpochResponseData response = new OffsetForLeaderEpochResponseData();
        for (OffsetForLeaderTopic topic : request.body().data().topics()) {
            OffsetForLeaderTopicResult answer = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (OffsetForLeaderPartition wanted : topic.partitions()) {
                answer.partitions().add(find(topic.topic(), wanted));
            }
            response.topics().add(answer);
        }
        ticket.answer(response);
    }

    private EpochEndOffset find(String topic, OffsetForLeaderPartition wanted) {
        EpochEndOffset answer = new EpochEndOffset().setPartition(wanted.partition());
        try {
            Partition partition = node.partition(node.topic(topic), wanted.partition());
            partition
                    .reads()
                    .endOffsetForEpoch(wanted.leaderEpoch(), wanted.currentLeaderEpoch())
                    .ifPresent(
                            found -> answer.setLeaderEpoch(found.leaderEpoch()).setEndOffset(found.endOffset()));
            return answer;
        } catch (ApiException e) {
            return answer.setErrorCode(Errors.forException(e).code());
        }
    }
}
