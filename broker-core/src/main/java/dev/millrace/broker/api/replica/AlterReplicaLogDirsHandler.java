package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ReplicaNotAvailableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;

/**
 * AlterReplicaLogDirs (key 34, KIP-113): moves partitions to another of this broker's log.dirs, or says where one shall lie that is
 * not there yet.
 */
final class AlterReplicaLogDirsHandler
        implements ApiHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponseData> {

    private final NodeView node;

    AlterReplicaLogDirsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public void handle(ApiRequest<AlterReplicaLogDirsRequest> request, Ticket<AlterReplicaLogDirsResponseData> ticket) {
        Map<TopicPartition, String> wanted = new LinkedHashMap<>();
        for (AlterReplicaLogDir dir : request.body().data().dirs()) {
            for (AlterReplicaLogDirTopic topic : dir.topics()) {
                topic.partitions()
                        .forEach(partition -> wanted.put(new TopicPartition(topic.name(), partition), dir.path()));
            }
        }
        AlterReplicaLogDirsResponseData response = new AlterReplicaLogDirsResponseData();
        AtomicInteger outstanding = new AtomicInteger(wanted.size());
        Map<String, AlterReplicaLogDirTopicResult> topics = new HashMap<>();
        List<Runnable> moves = new ArrayList<>();
        wanted.forEach((partition, dir) -> {
            AlterReplicaLogDirPartitionResult result =
                    new AlterReplicaLogDirPartitionResult().setPartitionIndex(partition.partition());
            topics.computeIfAbsent(partition.topic(), name -> {
                        AlterReplicaLogDirTopicResult topic = new AlterReplicaLogDirTopicResult().setTopicName(name);
                        response.results().add(topic);
                        return topic;
                    })
                    .partitions()
                    .add(result);
            moves.add(() -> move(partition, dir, new PartitionTicket(result, () -> {
                if (outstanding.decrementAndGet() == 0) {
                    ticket.answer(response);
                }
            })));
        });
        if (moves.isEmpty()) {
            ticket.answer(response);
        }
        moves.forEach(Runnable::run);
    }

    /** Of one partition: others are answered on their own loops. */
    private record PartitionTicket(AlterReplicaLogDirPartitionResult result, Runnable done) implements Ticket<Boolean> {
        @Override
        public void answer(Boolean moved) {
            done.run();
        }

        @Override
        public void fail(ApiException error) {
            result.setErrorCode(Errors.forException(error).code());
            done.run();
        }
    }

    private void move(TopicPartition wanted, String dir, Ticket<Boolean> ticket) {
        try {
            node.partitions().moves().wish(dir, wanted.topic(), wanted.partition());
        } catch (ApiException e) {
            ticket.fail(e);
            return;
        }
        TopicImage topic = node.image().topic(wanted.topic());
        if (topic == null || topic.partition(wanted.partition()) == null) {
            ticket.fail(new UnknownTopicOrPartitionException(wanted + " is not known."));
            return;
        }
        Partition partition = node.partitions().find(topic.id(), wanted.partition());
        if (partition == null) {
            ticket.fail(new ReplicaNotAvailableException(wanted + " is not on this broker."));
            return;
        }
        node.partitions().moves().move(partition, dir, ticket);
    }
}
