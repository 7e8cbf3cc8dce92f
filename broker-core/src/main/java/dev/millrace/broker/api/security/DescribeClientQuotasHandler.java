package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;

/** DescribeClientQuotas (key 48): the quotas that are set, of the entities that the request's parts match. */
final class DescribeClientQuotasHandler
        implements ApiHandler<DescribeClientQuotasRequest, DescribeClientQuotasResponseData> {

    private static final byte EXACT = 0;
    private static final byte DEFAULT = 1;
    private static final byte ANY = 2;

    private final NodeView node;

    DescribeClientQuotasHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_CLIENT_QUOTAS;
    }

    @Override
    public void handle(
            ApiRequest<DescribeClientQuotasRequest> request, Ticket<DescribeClientQuotasResponseData> ticket) {
        Map<String, ComponentData> wanted = new HashMap<>();
        for (ComponentData component : request.body().data().components()) {
            check(component);
            if (wanted.put(component.entityType(), component) != null) {
                throw new InvalidRequestException("The entity type " + component.entityType() + " is named twice.");
            }
        }
        if (wanted.containsKey(ClientQuotaEntity.IP) && wanted.size() > 1) {
            throw new InvalidRequestException("An ip has quotas by itself, not together with a user or client-id.");
        }
        boolean strict = request.body().data().strict();
        List<EntryData> entries = new ArrayList<>();
        node.image().clients().quotas().forEach((entity, quotas) -> {
            if (matches(entity.entries(), wanted, strict)) {
                entries.add(entry(entity, quotas));
            }
        });
        ticket.answer(new DescribeClientQuotasResponseData().setErrorMessage("").setEntries(entries));
    }

    private static void check(ComponentData component) {
        if (component.entityType().isEmpty()) {
            throw new InvalidRequestException("The entity type is empty.");
        }
        if (!ClientQuotaEntity.isValidEntityType(component.entityType())) {
            throw new UnsupportedVersionException("Unknown entity type " + component.entityType() + ".");
        }
        boolean named = component.match() != null;
        switch (component.matchType()) {
            case EXACT -> {
                if (!named) {
                    throw new InvalidRequestException("To match exactly takes a name.");
                }
            }
            case DEFAULT, ANY -> {
                if (named) {
                    throw new InvalidRequestException(
                            "The name " + component.match() + " is matched exactly or not at all.");
                }
            }
            default -> throw new InvalidRequestException("Unknown match type " + component.matchType() + ".");
        }
    }

    private static boolean matches(Map<String, String> entity, Map<String, ComponentData> wanted, boolean strict) {
        if (strict && entity.size() != wanted.size()) {
            return false;
        }
        for (ComponentData component : wanted.values()) {
            if (!entity.containsKey(component.entityType())) {
                return false;
            }
            if (component.matchType() != ANY
                    && !Objects.equals(entity.get(component.entityType()), component.match())) {
                return false;
            }
        }
        return true;
    }

    private static EntryData entry(ClientQuotaEntity entity, Map<String, Double> quotas) {
        EntryData entry = new EntryData();
        entity.entries().forEach((type, name) -> entry.entity()
                .add(new EntityData().setEntityType(type).setEntityName(name)));
        quotas.forEach(
                (key, value) -> entry.values().add(new ValueData().setKey(key).setValue(value)));
        return entry;
    }
}
