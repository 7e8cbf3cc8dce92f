package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/** Decides on {@link AlterClientQuotas}. */
final class QuotaAlteration {

    private static final Set<String> OF_CLIENTS =
            Set.of("producer_byte_rate", "consumer_byte_rate", "request_percentage", "controller_mutation_rate");
    private static final Set<String> OF_ADDRESSES = Set.of("connection_creation_rate");

    /** Those that are no share and no rate that may be less than one a second. */
    private static final Set<String> WHOLE =
            Set.of("producer_byte_rate", "consumer_byte_rate", "connection_creation_rate");

    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F]*:[0-9a-fA-F:.]*");

    private final ClusterImage image;
    private final Decision.Builder<MetadataEvent> decision = Decision.builder();

    QuotaAlteration(ClusterImage image) {
        this.image = image;
    }

    Decision<MetadataEvent> decide(AlterClientQuotas command) {
        Map<ClientQuotaEntity, Integer> counts = new HashMap<>();
        command.entities().forEach(alteration -> counts.merge(alteration.entity(), 1, Integer::sum));
        Map<ClientQuotaEntity, AlterClientQuotas.Outcome> outcomes = new LinkedHashMap<>();
        for (AlterClientQuotas.Alteration alteration : command.entities()) {
            ApiException error = null;
            try {
                if (Objects.requireNonNull(counts.get(alteration.entity())) > 1) {
                    throw new InvalidRequestException("The entity " + alteration.entity() + " is named twice.");
                }
                alter(alteration, command.validateOnly());
            } catch (ApiException e) {
                error = e;
            }
            outcomes.put(alteration.entity(), new AlterClientQuotas.Outcome(alteration.entity(), error));
        }
        List<AlterClientQuotas.Outcome> all = List.copyOf(new ArrayList<>(outcomes.values()));
        return decision.answer(command.ticket(), all).build();
    }

    private void alter(AlterClientQuotas.Alteration alteration, boolean validateOnly) {
        Set<String> known = keysOf(alteration.entity().entries());
        Set<String> keys = new HashSet<>();
        for (AlterClientQuotas.Change change : alteration.changes()) {
            if (!keys.add(change.key())) {
                throw new InvalidRequestException("The quota " + change.key() + " is named twice.");
            }
            if (!known.contains(change.key())) {
                throw new InvalidRequestException("Unknown quota " + change.key() + ": expected one of " + known);
            }
            check(change);
        }
        if (validateOnly) {
            return;
        }
        Map<String, Double> set = image.clients().quotas().getOrDefault(alteration.entity(), Map.of());
        for (AlterClientQuotas.Change change : alteration.changes()) {
            if (!Objects.equals(set.get(change.key()), change.value())) {
                decision.event(new MetadataEvent.ClientQuotaChanged(alteration.entity(), change.key(), change.value()));
            }
        }
    }

    private static void check(AlterClientQuotas.Change change) {
        Double value = change.value();
        if (value == null) {
            return;
        }
        if (!(value > 0)) {
            throw new InvalidRequestException(change.key() + "=" + value + ": expected more than 0");
        }
        if (WHOLE.contains(change.key()) && value != Math.rint(value)) {
            throw new InvalidRequestException(change.key() + "=" + value + ": expected a whole number");
        }
    }

    private static Set<String> keysOf(Map<String, String> entity) {
        if (entity.isEmpty()) {
            throw new InvalidRequestException("A quota needs an entity that it is for.");
        }
        entity.forEach((type, name) -> {
            if (!ClientQuotaEntity.isValidEntityType(type)) {
                throw new InvalidRequestException("Unknown entity type " + type + ": expected user, client-id or ip");
            }
            if (name != null && name.isEmpty()) {
                throw new InvalidRequestException("The name of the " + type + " is empty.");
            }
        });
        if (!entity.containsKey(ClientQuotaEntity.IP)) {
            return OF_CLIENTS;
        }
        if (entity.size() > 1) {
            throw new InvalidRequestException("An ip has quotas by itself, not together with a user or client-id.");
        }
        String address = entity.get(ClientQuotaEntity.IP);
        if (address != null && !ADDRESS.matcher(address).matches()) {
            throw new InvalidRequestException("ip " + address + ": expected an address");
        }
        return OF_ADDRESSES;
    }
}
