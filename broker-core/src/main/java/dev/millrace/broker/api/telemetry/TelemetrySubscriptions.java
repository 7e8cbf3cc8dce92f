package dev.millrace.broker.api.telemetry;

import dev.millrace.broker.metadata.ClientMetricsConfigs;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.security.ClientRegex;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;

/** All subscriptions to clients' metrics, as they stand in one image. Immutable; any thread. */
final class TelemetrySubscriptions {

    static final TelemetrySubscriptions NONE = new TelemetrySubscriptions(Map.of(), 0);

    private static final String ALL_METRICS = "*";

    private static final int INTERVAL_MS = Integer.parseInt(value(ClientMetricsConfigs.INTERVAL_MS, Map.of()));

    private final Map<String, Map<String, String>> configs;
    private final int version;
    private final List<Subscription> subscriptions = new ArrayList<>();

    private TelemetrySubscriptions(Map<String, Map<String, String>> configs, int version) {
        this.configs = configs;
        this.version = version;
        for (Map<String, String> of : configs.values()) {
            subscriptions.add(new Subscription(
                    ClientMetricsConfigs.patterns(of),
                    names(value(ClientMetricsConfigs.METRICS, of)),
                    Integer.parseInt(value(ClientMetricsConfigs.INTERVAL_MS, of))));
        }
    }

    /** These, or those of the image if it has others. */
    TelemetrySubscriptions in(ClusterImage image) {
        Map<String, Map<String, String>> there = new TreeMap<>();
        for (String name : image.configured(ConfigResource.Type.CLIENT_METRICS)) {
            there.put(name, image.configs(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name)));
        }
        return there.equals(configs) ? this : new TelemetrySubscriptions(there, version + 1);
    }

    /** Another one with every change. */
    int version() {
        return version;
    }

    private record Subscription(Map<String, ClientRegex> patterns, List<String> metrics, int intervalMs) {

        /** What a client does not tell matches nothing. */
        boolean matches(Map<String, String> traits) {
            return patterns.entrySet().stream().allMatch(pattern -> {
                String trait = traits.get(pattern.getKey());
                return trait != null && pattern.getValue().matches(trait);
            });
        }
    }

    /**
     * What a client is to push.
     *
     * @param metrics beginnings of their names; none for none, {@code *} for all
     */
    record Wanted(List<String> metrics, int intervalMs) {

        /** Another one for every client and everything that can be wanted of it. */
        int id(Uuid client) {
            CRC32C checksum = new CRC32C();
            checksum.update((metrics + " " + intervalMs).getBytes(StandardCharsets.UTF_8));
            return (int) checksum.getValue() ^ client.hashCode();
        }
    }

    /** @param traits of a client, by the names that subscriptions have for them */
    Wanted of(Map<String, String> traits) {
        TreeSet<String> metrics = new TreeSet<>();
        int intervalMs = INTERVAL_MS;
        for (Subscription subscription : subscriptions) {
            if (subscription.matches(traits)) {
                metrics.addAll(subscription.metrics());
                intervalMs = Math.min(intervalMs, subscription.intervalMs());
            }
        }
        return new Wanted(metrics.contains(ALL_METRICS) ? List.of(ALL_METRICS) : List.copyOf(metrics), intervalMs);
    }

    private static List<String> names(String metrics) {
        List<String> names = new ArrayList<>();
        for (String name : metrics.split(",", 0)) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        return names;
    }

    private static String value(String key, Map<String, String> configs) {
        return Objects.requireNonNull(ClientMetricsConfigs.value(key, configs).value());
    }
}
