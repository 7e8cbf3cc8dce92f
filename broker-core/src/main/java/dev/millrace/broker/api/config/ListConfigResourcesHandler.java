package dev.millrace.broker.api.config;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListConfigResourcesRequest;

/** ListConfigResources (key 74): what there is that has settings (KIP-1142). */
final class ListConfigResourcesHandler
        implements ApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponseData> {

    private static final Set<Byte> KNOWN_TYPES = Set.of(
            ConfigResource.Type.TOPIC.id(),
            ConfigResource.Type.BROKER.id(),
            ConfigResource.Type.BROKER_LOGGER.id(),
            ConfigResource.Type.CLIENT_METRICS.id(),
            ConfigResource.Type.GROUP.id());

    private final NodeView node;

    ListConfigResourcesHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_CONFIG_RESOURCES;
    }

    @Override
    public void handle(ApiRequest<ListConfigResourcesRequest> request, Ticket<ListConfigResourcesResponseData> ticket) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        Set<Byte> wanted = new TreeSet<>(request.body().data().resourceTypes());
        if (request.version() == 0) {
            // The first version of this key knew client metrics alone.
            wanted = Set.of(ConfigResource.Type.CLIENT_METRICS.id());
        } else if (wanted.isEmpty()) {
            wanted = KNOWN_TYPES;
        }
        if (!KNOWN_TYPES.containsAll(wanted)) {
            ticket.answer(response.setErrorCode(Errors.UNSUPPORTED_VERSION.code()));
            return;
        }
        for (byte type : wanted) {
            for (String name : names(ConfigResource.Type.forId(type), node.image())) {
                response.configResources()
                        .add(new ListConfigResourcesResponseData.ConfigResource()
                                .setResourceType(type)
                                .setResourceName(name));
            }
        }
        ticket.answer(response);
    }

    private static List<String> names(ConfigResource.Type type, ClusterImage image) {
        List<String> names = new ArrayList<>();
        switch (type) {
            case TOPIC -> image.topics().stream().map(TopicImage::name).forEach(names::add);
            case BROKER ->
                image.brokers().stream()
                        .map(BrokerImage::id)
                        .map(String::valueOf)
                        .forEach(names::add);
            case BROKER_LOGGER ->
                image.brokers().stream()
                        .map(BrokerImage::id)
                        .map(String::valueOf)
                        .forEach(names::add);
            default -> names.addAll(image.configured(type));
        }
        return names;
    }
}
