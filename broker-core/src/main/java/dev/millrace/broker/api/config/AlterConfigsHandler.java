package dev.millrace.broker.api.config;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.AlterConfigs;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterConfigsRequest;

/** AlterConfigs (key 33), for older clients: what a resource's request does not name goes back to its default. */
final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequest, AlterConfigsResponseData> {

    private final NodeView node;

    AlterConfigsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_CONFIGS;
    }

    @Override
    public void handle(ApiRequest<AlterConfigsRequest> request, Ticket<AlterConfigsResponseData> ticket) {
        List<AlterConfigs.Alteration> alterations = new ArrayList<>();
        List<AlterConfigsResourceResponse> unknown = new ArrayList<>();
        for (AlterConfigsResource resource : request.body().data().resources()) {
            List<AlterConfigs.Change> changes = new ArrayList<>();
            for (AlterableConfig config : resource.configs()) {
                changes.add(new AlterConfigs.Change(config.name(), AlterConfigs.Operation.SET, config.value()));
            }
            ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
            if (type == ConfigResource.Type.UNKNOWN) {
                unknown.add(new AlterConfigsResourceResponse()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("There are no resources of type " + resource.resourceType() + "."));
            } else {
                alterations.add(
                        new AlterConfigs.Alteration(new ConfigResource(type, resource.resourceName()), true, changes));
            }
        }
        node.metadata()
                .submit(new AlterConfigs(
                        alterations, request.body().data().validateOnly(), new MappedTicket<>(ticket, outcomes -> {
                            AlterConfigsResponseData response = response(outcomes);
                            response.responses().addAll(unknown);
                            return response;
                        })));
    }

    private static AlterConfigsResponseData response(List<AlterConfigs.Outcome> outcomes) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        for (AlterConfigs.Outcome outcome : outcomes) {
            AlterConfigsResourceResponse result = new AlterConfigsResourceResponse()
                    .setResourceType(outcome.resource().type().id())
                    .setResourceName(outcome.resource().name())
                    .setErrorMessage(null);
            if (outcome.error() != null) {
                result.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            response.responses().add(result);
        }
        return response;
    }
}
