package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ConfigSources;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.ConfigValue;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.TopicConfigs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;
import org.jspecify.annotations.Nullable;

/** CreateTopics (key 19). Answers when the new partitions can be written to. */
final class CreateTopicsHandler implements ApiHandler<CreateTopicsRequest, CreateTopicsResponseData> {

    /** From here on clients know what it means that their quota is used up (KIP-599). */
    private static final short STRICT_QUOTA_VERSION_MIN = 6;

    private final NodeView node;

    CreateTopicsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public void handle(ApiRequest<CreateTopicsRequest> request, Ticket<CreateTopicsResponseData> ticket) {
        boolean strict = request.version() >= STRICT_QUOTA_VERSION_MIN;
        int heldUpMs = node.mutate(request, partitions(request.body()), strict);
        if (strict && heldUpMs > 0) {
            ticket.answer(refused(request.body(), heldUpMs));
            return;
        }
        List<CreateTopics.NewTopic> topics = new ArrayList<>();
        for (CreatableTopic topic : request.body().data().topics()) {
            topics.add(newTopic(topic));
        }
        node.metadata()
                .submit(new CreateTopics(
                        topics, request.body().data().validateOnly(), new MappedTicket<>(ticket, outcomes -> response(
                                        outcomes)
                                .setThrottleTimeMs(heldUpMs))));
    }

    private static double partitions(CreateTopicsRequest request) {
        double partitions = 0;
        for (CreatableTopic topic : request.data().topics()) {
            partitions += Math.max(
                    1, Math.max(topic.numPartitions(), topic.assignments().size()));
        }
        return partitions;
    }

    private static CreateTopicsResponseData refused(CreateTopicsRequest request, int heldUpMs) {
        return ((CreateTopicsResponse) request.getErrorResponse(heldUpMs, Errors.THROTTLING_QUOTA_EXCEEDED.exception()))
                .data();
    }

    private static CreateTopics.NewTopic newTopic(CreatableTopic topic) {
        List<CreateTopics.Assignment> assignments = new ArrayList<>();
        topic.assignments()
                .forEach(assignment -> assignments.add(
                        new CreateTopics.Assignment(assignment.partitionIndex(), assignment.brokerIds())));
        Map<String, @Nullable String> configs = new LinkedHashMap<>();
        topic.configs().forEach(config -> configs.put(config.name(), config.value()));
        return new CreateTopics.NewTopic(
                topic.name(), topic.numPartitions(), topic.replicationFactor(), assignments, configs);
    }

    private CreateTopicsResponseData response(List<CreateTopics.Outcome> outcomes) {
        CreateTopicsResponseData response = new CreateTopicsResponseData();
        BrokerConfigLayers brokers = BrokerConfigLayers.of(node.image(), node.nodeId(), node.brokerConfigs());
        for (CreateTopics.Outcome outcome : outcomes) {
            CreatableTopicResult result =
                    new CreatableTopicResult().setName(outcome.name()).setTopicId(outcome.id());
            if (outcome.error() == null) {
                result.setErrorMessage(null)
                        .setNumPartitions(outcome.partitions())
                        .setReplicationFactor(outcome.replicationFactor())
                        .setConfigs(configs(outcome.configs(), brokers));
            } else {
                result.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            response.topics().add(result);
        }
        return response;
    }

    private static List<CreatableTopicConfigs> configs(Map<String, String> overrides, BrokerConfigLayers brokers) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (ConfigKey key : KnownConfigs.topic().values()) {
            if (key.internal() && !overrides.containsKey(key.name())) {
                continue;
            }
            ConfigValue value = TopicConfigs.value(key.name(), overrides, brokers);
            // As the client has written it; DescribeConfigs tells it as it was understood.
            configs.add(new CreatableTopicConfigs()
                    .setName(value.name())
                    .setValue(overrides.getOrDefault(key.name(), value.value()))
                    .setConfigSource(ConfigSources.id(value.source())));
        }
        return configs;
    }
}
