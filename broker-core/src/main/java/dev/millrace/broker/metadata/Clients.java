package dev.millrace.broker.metadata;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/**
 * What the cluster knows of its clients. Immutable; any thread.
 *
 * @param quotas what entities may ask for in a second, by the quota's key
 * @param credentials what users prove themselves by, by the name of the SCRAM mechanism; in Kafka's text form
 */
public record Clients(
        Map<ClientQuotaEntity, Map<String, Double>> quotas, Map<String, Map<String, String>> credentials) {

    static final Clients NONE = new Clients(Map.of(), Map.of());

    Clients withQuota(ClientQuotaEntity entity, String key, @Nullable Double value) {
        return new Clients(with(quotas, entity, key, value), credentials);
    }

    Clients withCredential(String user, String mechanism, @Nullable String credential) {
        return new Clients(quotas, with(credentials, user, mechanism, credential));
    }

    private static <K, V> Map<K, Map<String, V>> with(
            Map<K, Map<String, V>> all, K owner, String key, @Nullable V value) {
        Map<K, Map<String, V>> changed = new HashMap<>(all);
        Map<String, V> ofOwner = new TreeMap<>(all.getOrDefault(owner, Map.of()));
        if (value == null) {
            ofOwner.remove(key);
        } else {
            ofOwner.put(key, value);
        }
        if (ofOwner.isEmpty()) {
            changed.remove(owner);
        } else {
            changed.put(owner, Map.copyOf(ofOwner));
        }
        return Map.copyOf(changed);
    }
}
