package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.log.TimestampOffset;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.Partition;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListOffsetsRequest;

/** ListOffsets (key 2): the ends of partitions at once; records by time on the disk pool. */
final class ListOffsetsHandler implements ApiHandler<ListOffsetsRequest, ListOffsetsResponseData> {

    private static final TimestampOffset NOTHING = new TimestampOffset(-1, -1, Partition.NO_EPOCH);

    private static final int LEADER_EPOCH_VERSION_MIN = 4;

    private final NodeView node;

    ListOffsetsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_OFFSETS;
    }

    @Override
    public void handle(ApiRequest<ListOffsetsRequest> request, Ticket<ListOffsetsResponseData> ticket) {
        IsolationLevel isolation = Isolation.of(request.body().data().isolationLevel());
        boolean searches = request.body().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition ->
                        partition.timestamp() >= 0 || partition.timestamp() == ListOffsetsRequest.MAX_TIMESTAMP);
        if (searches) {
            node.diskPool().execute(() -> answer(request, isolation, ticket));
        } else {
            answer(request, isolation, ticket);
        }
    }

    private void answer(
            ApiRequest<ListOffsetsRequest> request, IsolationLevel isolation, Ticket<ListOffsetsResponseData> ticket) {
        Set<TopicPartition> duplicates = request.body().duplicatePartitions();
        Set<TopicPartition> told = new HashSet<>();
        Map<String, ListOffsetsTopicResponse> topics = new LinkedHashMap<>();
        for (ListOffsetsTopic topic : request.body().topics()) {
            for (ListOffsetsPartition wanted : topic.partitions()) {
                boolean duplicate = duplicates.contains(new TopicPartition(topic.name(), wanted.partitionIndex()));
                if (duplicate && !told.add(new TopicPartition(topic.name(), wanted.partitionIndex()))) {
                    continue;
                }
                topics.computeIfAbsent(topic.name(), name -> new ListOffsetsTopicResponse().setName(name))
                        .partitions()
                        .add(find(request, isolation, topic.name(), wanted, duplicate));
            }
        }
        ticket.answer(new ListOffsetsResponseData().setTopics(new ArrayList<>(topics.values())));
    }

    private ListOffsetsPartitionResponse find(
            ApiRequest<ListOffsetsRequest> request,
            IsolationLevel isolation,
            String topic,
            ListOffsetsPartition wanted,
            boolean duplicate) {
        ListOffsetsPartitionResponse answer =
                new ListOffsetsPartitionResponse().setPartitionIndex(wanted.partitionIndex());
        try {
            if (duplicate) {
                throw new InvalidRequestException("The partition is named twice.");
            }
            checkVersion(wanted.timestamp(), request.version());
            Partition partition = node.partition(node.topic(topic), wanted.partitionIndex());
            TimestampOffset found = find(partition, wanted, isolation);
            if (request.version() >= LEADER_EPOCH_VERSION_MIN) {
                answer.setLeaderEpoch(found.leaderEpoch());
            }
            return answer.setTimestamp(found.timestampMs()).setOffset(found.offset());
        } catch (ApiException e) {
            return answer.setErrorCode(Errors.forException(e).code());
        }
    }

    private static void checkVersion(long timestamp, short version) {
        boolean known = timestamp >= ListOffsetsRequest.EARLIEST_TIMESTAMP
                || (timestamp == ListOffsetsRequest.MAX_TIMESTAMP && version >= 7)
                || (timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP && version >= 8)
                || (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP && version >= 9)
                || (timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP && version >= 11);
        if (!known) {
            throw new UnsupportedVersionException("The timestamp " + timestamp + " has no meaning in this version.");
        }
    }

    private static TimestampOffset find(Partition partition, ListOffsetsPartition wanted, IsolationLevel isolation) {
        int epoch = wanted.currentLeaderEpoch();
        long timestamp = wanted.timestamp();
        if (timestamp == ListOffsetsRequest.LATEST_TIMESTAMP) {
            return partition.reads().latestOffset(isolation, epoch);
        } else if (timestamp == ListOffsetsRequest.EARLIEST_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_LOCAL_TIMESTAMP) {
            return partition.reads().earliestOffset(epoch);
        } else if (timestamp == ListOffsetsRequest.LATEST_TIERED_TIMESTAMP
                || timestamp == ListOffsetsRequest.EARLIEST_PENDING_UPLOAD_TIMESTAMP) {
            // There is no remote storage: nothing was uploaded, nothing waits to be.
            return NOTHING;
        }
        Optional<TimestampOffset> found = timestamp == ListOffsetsRequest.MAX_TIMESTAMP
                ? partition.reads().offsetOfMaxTimestamp(isolation, epoch)
                : partition.reads().offsetForTimestamp(timestamp, isolation, epoch);
        return found.orElse(NOTHING);
    }
}
