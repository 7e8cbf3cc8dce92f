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
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.IncrementalAlterConfigsRequest;

/** IncrementalAlterConfigs (key 44): sets, deletes, appends to and subtracts from settings of topics and brokers. */
final class IncrementalAlterConfigsHandler
        implements ApiHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponseData> {

    private final NodeView node;

    IncrementalAlterConfigsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
    }

    @Override
    public void handle(
            ApiRequest<IncrementalAlterConfigsRequest> request, Ticket<IncrementalAlterConfigsResponseData> ticket) {
        List<AlterConfigs.Alteration> alterations = new ArrayList<>();
        List<AlterConfigs.Outcome> outcomes = new ArrayList<>();
        List<AlterConfigsResourceResponse> unknown = new ArrayList<>();
        for (AlterConfigsResource resource : request.body().data().resources()) {
            List<AlterConfigs.Change> changes = new ArrayList<>();
            for (AlterableConfig config : resource.configs()) {
                changes.add(new AlterConfigs.Change(config.name(), operation(config), config.value()));
            }
            ConfigResource.Type type = ConfigResource.Type.forId(resource.resourceType());
            AlterConfigs.Alteration alteration =
                    new AlterConfigs.Alteration(new ConfigResource(type, resource.resourceName()), false, changes);
            if (type == ConfigResource.Type.UNKNOWN) {
                unknown.add(new AlterConfigsResourceResponse()
                        .setResourceType(resource.resourceType())
                        .setResourceName(resource.resourceName())
                        .setErrorCode(Errors.INVALID_REQUEST.code())
                        .setErrorMessage("There are no resources of type " + resource.resourceType() + "."));
            } else if (type == ConfigResource.Type.BROKER_LOGGER) {
                outcomes.add(alterLoggers(alteration, request.body().data().validateOnly()));
            } else {
                alterations.add(alteration);
            }
        }
        node.metadata()
                .submit(new AlterConfigs(
                        alterations, request.body().data().validateOnly(), new MappedTicket<>(ticket, decided -> {
                            outcomes.addAll(decided);
                            IncrementalAlterConfigsResponseData response = response(outcomes);
                            response.responses().addAll(unknown);
                            return response;
                        })));
    }

    private AlterConfigs.Outcome alterLoggers(AlterConfigs.Alteration alteration, boolean validateOnly) {
        try {
            new LoggerAlteration(node).apply(alteration, validateOnly);
            return new AlterConfigs.Outcome(alteration.resource(), null);
        } catch (ApiException e) {
            return new AlterConfigs.Outcome(alteration.resource(), e);
        }
    }

    private static AlterConfigs.Operation operation(AlterableConfig config) {
        AlterConfigs.Operation[] operations = AlterConfigs.Operation.values();
        if (config.configOperation() < 0 || config.configOperation() >= operations.length) {
            throw new InvalidRequestException("Unknown operations type " + config.configOperation());
        }
        return operations[config.configOperation()];
    }

    private static IncrementalAlterConfigsResponseData response(List<AlterConfigs.Outcome> outcomes) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
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
