package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;

/** DescribeTopicPartitions (key 75): topics in the order of names, a bounded number of partitions at a time (KIP-966). */
final class DescribeTopicPartitionsHandler
        implements ApiHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponseData> {

    /** max.request.partition.size.limit */
    private static final int PARTITIONS_MAX = 2000;

    private final NodeView node;

    DescribeTopicPartitionsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public void handle(
            ApiRequest<DescribeTopicPartitionsRequest> request, Ticket<DescribeTopicPartitionsResponseData> ticket) {
        DescribeTopicPartitionsRequestData wanted = request.body().data();
        ClusterImage image = node.image();
        String from = wanted.cursor() == null ? "" : wanted.cursor().topicName();
        int fromPartition = wanted.cursor() == null ? 0 : wanted.cursor().partitionIndex();
        if (fromPartition < 0) {
            throw new InvalidRequestException("The cursor's partition " + fromPartition + " is negative.");
        }
        int room = Math.max(1, Math.min(wanted.responsePartitionLimit(), PARTITIONS_MAX));

        TreeSet<String> names = new TreeSet<>();
        if (wanted.topics().isEmpty()) {
            image.topics().forEach(topic -> names.add(topic.name()));
        } else {
            wanted.topics().forEach(topic -> names.add(topic.name()));
        }
        if (wanted.cursor() != null && !wanted.topics().isEmpty() && !names.contains(from)) {
            throw new InvalidRequestException("The cursor's topic " + from + " is none of those that are asked for.");
        }
        DescribeTopicPartitionsResponseData response = new DescribeTopicPartitionsResponseData();
        for (String name : names.tailSet(from)) {
            TopicImage topic = image.topic(name);
            if (topic == null) {
                // Of all topics that one may have gone since the last answer; of named ones the client wants to know.
                if (!wanted.topics().isEmpty()) {
                    response.topics().add(unknown(name));
                }
                continue;
            }
            int first = name.equals(from)
                    ? Math.max(0, Math.min(fromPartition, topic.partitions().size()))
                    : 0;
            int last = Math.min(topic.partitions().size(), first + room);
            if (room == 0) {
                response.setNextCursor(cursor(name, first));
                break;
            }
            response.topics().add(describe(topic, image, request.peer().listener(), first, last));
            room -= Math.max(0, last - first);
            if (last < topic.partitions().size()) {
                response.setNextCursor(cursor(name, last));
                break;
            }
        }
        ticket.answer(response);
    }

    private static DescribeTopicPartitionsResponseData.Cursor cursor(String topic, int partition) {
        return new DescribeTopicPartitionsResponseData.Cursor()
                .setTopicName(topic)
                .setPartitionIndex(partition);
    }

    private static DescribeTopicPartitionsResponseTopic unknown(String name) {
        DescribeTopicPartitionsResponseTopic topic = new DescribeTopicPartitionsResponseTopic()
                .setName(name)
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        try {
            Topic.validate(name);
            return topic.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
        } catch (InvalidTopicException e) {
            return topic.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
    }

    private DescribeTopicPartitionsResponseTopic describe(
            TopicImage topic, ClusterImage image, String listener, int first, int last) {
        DescribeTopicPartitionsResponseTopic answer = new DescribeTopicPartitionsResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal())
                .setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        for (PartitionImage known : topic.partitions().subList(Math.min(first, last), last)) {
            PartitionImage partition = node.visible(topic, known);
            // Whoever was in sync last may lead again without a loss (KIP-966).
            List<Integer> eligible = partition.isr().isEmpty() ? known.isr() : List.of();
            answer.partitions()
                    .add(new DescribeTopicPartitionsResponsePartition()
                            .setErrorCode(MetadataHandler.leaderError(partition, image, listener)
                                    .code())
                            .setPartitionIndex(partition.partition())
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.isr())
                            .setEligibleLeaderReplicas(eligible)
                            .setLastKnownElr(eligible)
                            .setOfflineReplicas(node.offlineReplicas(topic, known, image)));
        }
        return answer;
    }
}
