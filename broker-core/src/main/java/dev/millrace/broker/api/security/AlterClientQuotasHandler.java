package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.AlterClientQuotas;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasResponseData.EntryData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;

/** AlterClientQuotas (key 49): what users, clients and addresses may ask for in a second. */
final class AlterClientQuotasHandler implements ApiHandler<AlterClientQuotasRequest, AlterClientQuotasResponseData> {

    private final NodeView node;

    AlterClientQuotasHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_CLIENT_QUOTAS;
    }

    @Override
    public void handle(ApiRequest<AlterClientQuotasRequest> request, Ticket<AlterClientQuotasResponseData> ticket) {
        List<AlterClientQuotas.Alteration> alterations = new ArrayList<>();
        for (AlterClientQuotasRequestData.EntryData entry :
                request.body().data().entries()) {
            Map<String, String> entity = new HashMap<>();
            entry.entity().forEach(part -> entity.put(part.entityType(), part.entityName()));
            List<AlterClientQuotas.Change> changes = new ArrayList<>();
            entry.ops()
                    .forEach(
                            op -> changes.add(new AlterClientQuotas.Change(op.key(), op.remove() ? null : op.value())));
            alterations.add(new AlterClientQuotas.Alteration(new ClientQuotaEntity(entity), changes));
        }
        node.metadata()
                .submit(new AlterClientQuotas(
                        alterations,
                        request.body().data().validateOnly(),
                        new MappedTicket<>(ticket, AlterClientQuotasHandler::response)));
    }

    private static AlterClientQuotasResponseData response(List<AlterClientQuotas.Outcome> outcomes) {
        AlterClientQuotasResponseData response = new AlterClientQuotasResponseData();
        for (AlterClientQuotas.Outcome outcome : outcomes) {
            EntryData entry = new EntryData().setErrorMessage(null);
            if (outcome.error() != null) {
                entry.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            outcome.entity().entries().forEach((type, name) -> entry.entity()
                    .add(new EntityData().setEntityType(type).setEntityName(name)));
            response.entries().add(entry);
        }
        return response;
    }
}
