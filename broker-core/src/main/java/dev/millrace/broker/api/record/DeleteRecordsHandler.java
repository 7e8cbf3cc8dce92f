package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteRecordsRequest;

/** DeleteRecords (key 21): moves the start of logs forward. */
final class DeleteRecordsHandler implements ApiHandler<DeleteRecordsRequest, DeleteRecordsResponseData> {

    private final NodeView node;

    DeleteRecordsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DELETE_RECORDS;
    }

    @Override
    public void handle(ApiRequest<DeleteRecordsRequest> request, Ticket<DeleteRecordsResponseData> ticket) {
        DeleteRecordsResponseData response = new DeleteRecordsResponseData();
        Map<Loop, List<Runnable>> work = new HashMap<>(2);
        AtomicInteger outstanding = new AtomicInteger(1);
        Runnable oneDone = () -> {
            if (outstanding.decrementAndGet() == 0) {
                ticket.answer(response);
            }
        };
        for (Map.Entry<String, Map<Integer, Long>> topic : offsets(request).entrySet()) {
            String name = topic.getKey();
            DeleteRecordsTopicResult answer = new DeleteRecordsTopicResult().setName(name);
            response.topics().add(answer);
            topic.getValue().forEach((index, offset) -> {
                DeleteRecordsPartitionResult result = new DeleteRecordsPartitionResult()
                        .setPartitionIndex(index)
                        .setLowWatermark(-1);
                answer.partitions().add(result);
                try {
                    Partition partition = node.partition(node.topic(name), index);
                    if (Topic.isInternal(name)) {
                        throw new InvalidTopicException("Cannot delete records of internal topic " + name + ".");
                    }
                    outstanding.incrementAndGet();
                    work.computeIfAbsent(partition.loop(), loop -> new ArrayList<>())
                            .add(() -> {
                                delete(partition, offset, result);
                                oneDone.run();
                            });
                } catch (ApiException e) {
                    result.setErrorCode(Errors.forException(e).code());
                }
            });
        }
        work.forEach((loop, ofLoop) -> loop.execute(() -> ofLoop.forEach(Runnable::run)));
        oneDone.run();
    }

    /** By topic and partition; of one that is named twice the last counts. */
    private static Map<String, Map<Integer, Long>> offsets(ApiRequest<DeleteRecordsRequest> request) {
        Map<String, Map<Integer, Long>> offsets = new LinkedHashMap<>();
        for (DeleteRecordsTopic topic : request.body().data().topics()) {
            for (DeleteRecordsPartition wanted : topic.partitions()) {
                offsets.computeIfAbsent(topic.name(), name -> new LinkedHashMap<>())
                        .put(wanted.partitionIndex(), wanted.offset());
            }
        }
        return offsets;
    }

    private static void delete(Partition partition, long offset, DeleteRecordsPartitionResult result) {
        try {
            result.setLowWatermark(partition.retention().deleteRecords(offset));
        } catch (ApiException e) {
            result.setErrorCode(Errors.forException(e).code());
        }
    }
}
