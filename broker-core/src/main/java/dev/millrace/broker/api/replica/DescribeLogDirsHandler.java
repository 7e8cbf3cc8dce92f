package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.LogDirMoves;
import dev.millrace.broker.partition.Partition;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsPartition;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsResult;
import org.apache.kafka.common.message.DescribeLogDirsResponseData.DescribeLogDirsTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeLogDirsRequest;
import org.jspecify.annotations.Nullable;

/** DescribeLogDirs (key 35): which partition lies where, and how large it is; which directories are cordoned. */
final class DescribeLogDirsHandler implements ApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponseData> {

    private final NodeView node;

    DescribeLogDirsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_LOG_DIRS;
    }

    @Override
    public void handle(ApiRequest<DescribeLogDirsRequest> request, Ticket<DescribeLogDirsResponseData> ticket) {
        node.diskPool().execute(() -> answer(request, ticket));
    }

    private void answer(ApiRequest<DescribeLogDirsRequest> request, Ticket<DescribeLogDirsResponseData> ticket) {
        DescribableLogDirTopicCollection wanted = request.body().data().topics();
        Map<String, Map<String, DescribeLogDirsTopic>> byDir = new LinkedHashMap<>();
        node.partitions().logDirs().forEach(dir -> byDir.put(dir, new HashMap<>()));
        for (Partition partition : node.partitions().all()) {
            TopicIdPartition id = partition.id();
            String dir = node.partitions().logDirOf(id);
            if (dir == null || !isWanted(id, wanted)) {
                continue;
            }
            add(byDir, dir, id, new DescribeLogDirsPartition().setPartitionSize(partition.sizeInBytes()));
            LogDirMoves.Description future = node.partitions().moves().describe(id);
            if (future != null) {
                DescribeLogDirsPartition described = new DescribeLogDirsPartition()
                        .setPartitionSize(future.sizeInBytes())
                        .setOffsetLag(future.offsetLag())
                        .setIsFutureKey(true);
                add(byDir, future.logDir(), id, described);
            }
        }
        Map<String, Disk.Space> spaces = node.partitions().spaces();
        List<String> offline = node.partitions().offlineLogDirs();
        List<String> cordoned = node.partitions().cordonedLogDirs();
        DescribeLogDirsResponseData response = new DescribeLogDirsResponseData();
        byDir.forEach((dir, topics) -> {
            if (offline.contains(dir)) {
                response.results()
                        .add(new DescribeLogDirsResult()
                                .setLogDir(dir)
                                .setErrorCode(Errors.KAFKA_STORAGE_ERROR.code()));
                return;
            }
            Disk.Space space = spaces.getOrDefault(dir, Disk.Space.UNKNOWN);
            DescribeLogDirsResult result = new DescribeLogDirsResult()
                    .setLogDir(dir)
                    .setTotalBytes(space.totalBytes())
                    .setUsableBytes(space.usableBytes())
                    .setIsCordoned(cordoned.contains(dir));
            result.topics().addAll(topics.values());
            response.results().add(result);
        });
        ticket.answer(response);
    }

    private static void add(
            Map<String, Map<String, DescribeLogDirsTopic>> byDir,
            String dir,
            TopicIdPartition id,
            DescribeLogDirsPartition described) {
        byDir.computeIfAbsent(dir, unused -> new HashMap<>())
                .computeIfAbsent(id.topic(), name -> new DescribeLogDirsTopic().setName(name))
                .partitions()
                .add(described.setPartitionIndex(id.partition()));
    }

    private static boolean isWanted(TopicIdPartition id, @Nullable DescribableLogDirTopicCollection wanted) {
        if (wanted == null) {
            return true;
        }
        // A topic that is named twice is asked for in both.
        for (DescribableLogDirTopic topic : wanted.findAll(id.topic())) {
            if (topic.partitions().contains(id.partition())) {
                return true;
            }
        }
        return false;
    }
}
