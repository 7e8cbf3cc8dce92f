package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDir;
import org.apache.kafka.common.message.AlterReplicaLogDirsRequestData.AlterReplicaLogDirTopic;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirPartitionResult;
import org.apache.kafka.common.message.AlterReplicaLogDirsResponseData.AlterReplicaLogDirTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterReplicaLogDirsRequest;

/**
 * AlterReplicaLogDirs (key 34). A partition stays in the folder that it was made in: to ask for that folder is granted, to ask
 * for another one of log.dirs is refused.
 */
public final class AlterReplicaLogDirsHandler
        implements ApiHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponseData> {

    private final NodeView node;

    public AlterReplicaLogDirsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public void handle(ApiRequest<AlterReplicaLogDirsRequest> request, Ticket<AlterReplicaLogDirsResponseData> ticket) {
        Map<String, AlterReplicaLogDirTopicResult> topics = new LinkedHashMap<>();
        for (AlterReplicaLogDir dir : request.body().data().dirs()) {
            for (AlterReplicaLogDirTopic topic : dir.topics()) {
                AlterReplicaLogDirTopicResult result = topics.computeIfAbsent(
                        topic.name(), name -> new AlterReplicaLogDirTopicResult().setTopicName(name));
                for (int partition : topic.partitions()) {
                    result.partitions()
                            .add(new AlterReplicaLogDirPartitionResult()
                                    .setPartitionIndex(partition)
                                    .setErrorCode(move(dir.path(), topic.name(), partition)
                                            .code()));
                }
            }
        }
        AlterReplicaLogDirsResponseData response = new AlterReplicaLogDirsResponseData();
        response.results().addAll(topics.values());
        ticket.answer(response);
    }

    private Errors move(String dir, String topic, int index) {
        if (!node.partitions().logDirs().contains(dir)) {
            return Errors.LOG_DIR_NOT_FOUND;
        }
        TopicImage known = node.image().topic(topic);
        Partition partition = known == null ? null : node.partitions().find(known.id(), index);
        if (partition == null) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (partition.isOffline() || node.partitions().offlineLogDirs().contains(dir)) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        TopicIdPartition id = partition.id();
        return dir.equals(node.partitions().logDirOf(id)) ? Errors.NONE : Errors.INVALID_REQUEST;
    }
}
