package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.AuthorizedOperations;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;

/** Metadata (key 3): who leads what, and where. Creates topics that are not there when the client and the settings agree. */
final class MetadataHandler implements ApiHandler<MetadataRequest, MetadataResponseData> {

    private final NodeView node;
    private final AutoTopicCreation creation;

    MetadataHandler(NodeView node, AutoTopicCreation creation) {
        this.node = node;
        this.creation = creation;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.METADATA;
    }

    @Override
    public void handle(ApiRequest<MetadataRequest> request, Ticket<MetadataResponseData> ticket) {
        checkIds(request);
        Set<String> missing = missing(request.body());
        if (missing.isEmpty() || !creation.isEnabled() || !request.body().allowAutoTopicCreation()) {
            ticket.answer(answer(request, Collections.emptySet(), Map.of()));
        } else {
            creation.create(missing, new MappedTicket<>(ticket, errors -> answer(request, missing, errors)));
        }
    }

    private static void checkIds(ApiRequest<MetadataRequest> request) {
        List<MetadataRequestTopic> topics = request.body().data().topics();
        if (topics != null && (request.version() == 10 || request.version() == 11)) {
            for (MetadataRequestTopic topic : topics) {
                if (topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID)) {
                    throw new InvalidRequestException(
                            "Topic IDs are not supported in requests for version " + request.version());
                }
            }
        }
    }

    /** Each once. When one is asked for by its id, those are left out that are not. */
    private static Set<MetadataRequestTopic> wanted(MetadataRequest request) {
        Set<MetadataRequestTopic> wanted = new LinkedHashSet<>(request.data().topics());
        if (wanted.stream().anyMatch(topic -> !topic.topicId().equals(Uuid.ZERO_UUID))) {
            wanted.removeIf(topic -> topic.topicId().equals(Uuid.ZERO_UUID));
        }
        return wanted;
    }

    private Set<String> missing(MetadataRequest request) {
        Set<String> missing = new LinkedHashSet<>();
        if (!request.isAllTopics()) {
            ClusterImage image = node.image();
            for (MetadataRequestTopic topic : wanted(request)) {
                if (!isById(topic) && image.topic(topic.name()) == null) {
                    missing.add(topic.name());
                }
            }
        }
        return missing;
    }

    /** Consumers that know only an id leave the name empty, whether or not they could leave it out. */
    private static boolean isById(MetadataRequestTopic topic) {
        return topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID);
    }

    /** @param missing created for this request: as in Kafka they are unknown to it, and there when the client asks again */
    private MetadataResponseData answer(
            ApiRequest<MetadataRequest> request, Set<String> missing, Map<String, ApiException> errors) {
        ClusterImage image = node.image();
        String listener = request.peer().listener();
        boolean withOperations = request.body().data().includeTopicAuthorizedOperations();
        MetadataResponseData response =
                new MetadataResponseData().setClusterId(image.clusterId()).setControllerId(node.nodeId());
        if (request.body().data().includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        for (BrokerImage broker : image.brokers()) {
            BrokerImage.Endpoint endpoint = broker.endpoint(listener);
            if (endpoint != null) {
                response.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(broker.id())
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(broker.rack()));
            }
        }
        if (request.body().isAllTopics()) {
            for (TopicImage topic : image.topics()) {
                response.topics().add(describe(topic, image, listener, withOperations));
            }
        } else {
            for (MetadataRequestTopic wanted : wanted(request.body())) {
                TopicImage topic = isById(wanted) ? image.topic(wanted.topicId()) : image.topic(wanted.name());
                response.topics()
                        .add(
                                topic == null || missing.contains(wanted.name())
                                        ? unknown(wanted, errors)
                                        : describe(topic, image, listener, withOperations));
            }
        }
        return response;
    }

    private static MetadataResponseTopic unknown(MetadataRequestTopic wanted, Map<String, ApiException> errors) {
        MetadataResponseTopic topic = new MetadataResponseTopic().setTopicId(wanted.topicId());
        if (isById(wanted)) {
            return topic.setName(null).setErrorCode(Errors.UNKNOWN_TOPIC_ID.code());
        }
        topic.setName(wanted.name());
        ApiException error = errors.get(wanted.name());
        if (error != null) {
            return topic.setErrorCode(Errors.forException(error).code());
        }
        try {
            Topic.validate(wanted.name());
        } catch (InvalidTopicException e) {
            return topic.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
        }
        return topic.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    private MetadataResponseTopic describe(
            TopicImage topic, ClusterImage image, String listener, boolean withOperations) {
        MetadataResponseTopic answer = new MetadataResponseTopic()
                .setName(topic.name())
                .setTopicId(topic.id())
                .setIsInternal(topic.isInternal());
        if (withOperations) {
            answer.setTopicAuthorizedOperations(AuthorizedOperations.TOPIC);
        }
        for (PartitionImage known : topic.partitions()) {
            PartitionImage partition = node.visible(topic, known);
            answer.partitions()
                    .add(new MetadataResponsePartition()
                            .setErrorCode(
                                    leaderError(partition, image, listener).code())
                            .setPartitionIndex(partition.partition())
                            .setLeaderId(partition.leader())
                            .setLeaderEpoch(partition.leaderEpoch())
                            .setReplicaNodes(partition.replicas())
                            .setIsrNodes(partition.isr())
                            .setOfflineReplicas(node.offlineReplicas(topic, known, image)));
        }
        return answer;
    }

    /** Whether a client that came in by {@code listener} can reach the leader. */
    static Errors leaderError(PartitionImage partition, ClusterImage image, String listener) {
        BrokerImage leader = image.broker(partition.leader());
        if (leader == null) {
            return Errors.LEADER_NOT_AVAILABLE;
        }
        return leader.endpoint(listener) == null ? Errors.LISTENER_NOT_FOUND : Errors.NONE;
    }
}
