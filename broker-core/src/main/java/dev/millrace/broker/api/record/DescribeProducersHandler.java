package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.Partition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeProducersRequest;

/** DescribeProducers (key 61): who writes to a partition, and since where in a transaction (KIP-664). */
final class DescribeProducersHandler implements ApiHandler<DescribeProducersRequest, DescribeProducersResponseData> {

    private final NodeView node;

    DescribeProducersHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public void handle(ApiRequest<DescribeProducersRequest> request, Ticket<DescribeProducersResponseData> ticket) {
        DescribeProducersResponseData response = new DescribeProducersResponseData();
        List<Runnable> work = new ArrayList<>();
        AtomicInteger outstanding = new AtomicInteger(1);
        Runnable oneDone = () -> {
            if (outstanding.decrementAndGet() == 0) {
                ticket.answer(response);
            }
        };
        for (TopicRequest topic : request.body().data().topics()) {
            TopicResponse answer = new TopicResponse().setName(topic.name());
            response.topics().add(answer);
            for (int index : topic.partitionIndexes()) {
                PartitionResponse result = new PartitionResponse().setPartitionIndex(index);
                answer.partitions().add(result);
                try {
                    Topic.validate(topic.name());
                    Partition partition = node.partition(node.topic(topic.name()), index);
                    outstanding.incrementAndGet();
                    work.add(() -> partition.loop().execute(() -> {
                        describe(partition, result);
                        oneDone.run();
                    }));
                } catch (ApiException e) {
                    refuse(result, e);
                }
            }
        }
        work.forEach(Runnable::run);
        oneDone.run();
    }

    private static void describe(Partition partition, PartitionResponse result) {
        try {
            for (ProducerStatus producer : partition.writes().activeProducers()) {
                result.activeProducers()
                        .add(new ProducerState()
                                .setProducerId(producer.producerId())
                                .setProducerEpoch(producer.producerEpoch())
                                .setLastSequence(producer.lastSequence())
                                .setLastTimestamp(producer.lastTimestampMs())
                                .setCoordinatorEpoch(producer.coordinatorEpoch())
                                .setCurrentTxnStartOffset(producer.currentTransactionStartOffset()));
            }
        } catch (ApiException e) {
            refuse(result, e);
        }
    }

    private static void refuse(PartitionResponse result, ApiException error) {
        result.setErrorCode(Errors.forException(error).code()).setErrorMessage(error.getMessage());
    }
}
