package dev.millrace.streams.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;

/** Which keys an application may be given, and what to say about others. */
public final class KnownKeys {

    public static final String CONSUMER_PREFIX = "consumer.";
    public static final String MAIN_CONSUMER_PREFIX = "main.consumer.";
    public static final String RESTORE_CONSUMER_PREFIX = "restore.consumer.";
    public static final String PRODUCER_PREFIX = "producer.";
    public static final String ADMIN_PREFIX = "admin.";
    public static final String TOPIC_PREFIX = "topic.";

    private static final List<String> PREFIXES = List.of(
            CONSUMER_PREFIX,
            MAIN_CONSUMER_PREFIX,
            RESTORE_CONSUMER_PREFIX,
            PRODUCER_PREFIX,
            ADMIN_PREFIX,
            TOPIC_PREFIX);

    /** Kafka Streams has these, and this library does something else or nothing: said once, not guessed at. */
    private static final Map<String, String> KAFKA_ONLY = Map.ofEntries(
            Map.entry("num.standby.replicas", "standby tasks are not there yet"),
            Map.entry("acceptable.recovery.lag", "standby tasks are not there yet"),
            Map.entry("max.warmup.replicas", "standby tasks are not there yet"),
            Map.entry("probing.rebalance.interval.ms", "standby tasks are not there yet"),
            Map.entry("application.server", "queries between instances are not there yet"),
            Map.entry("topology.optimization", "the topology runs as it is written"),
            Map.entry("rocksdb.config.setter", "stores are in memory"),
            Map.entry("default.dsl.store", "stores are in memory"),
            Map.entry("dsl.store.suppliers.class", "stores are in memory"),
            Map.entry("cache.max.bytes.buffering", "use statestore.cache.max.bytes"),
            Map.entry("windowstore.changelog.additional.retention.ms", "changelogs do not expire by time"),
            Map.entry("default.deserialization.exception.handler", "use deserialization.exception.handler"),
            Map.entry("default.production.exception.handler", "use production.exception.handler"),
            Map.entry("repartition.purge.interval.ms", "repartition topics are not purged yet"),
            Map.entry("upgrade.from", "there is nothing to upgrade from"),
            Map.entry("group.protocol.streams", "groups use the classic protocol"));

    private KnownKeys() {}

    static void requireKnown(Collection<String> keys) {
        var known = new HashSet<>(Settings.DEFINITION.names());
        known.addAll(ConsumerConfig.configNames());
        known.addAll(ProducerConfig.configNames());
        known.addAll(AdminClientConfig.configNames());
        for (String key : new TreeSet<>(keys)) {
            String missing = KAFKA_ONLY.get(key);
            if (missing != null) {
                throw new ConfigException(
                        "Setting '" + key + "' is Kafka Streams' and has no effect here: " + missing + ". Remove it.");
            }
            if (!known.contains(key) && PREFIXES.stream().noneMatch(key::startsWith)) {
                throw new ConfigException("Unknown setting '" + key + "'. Did you mean '" + nearest(key, known) + "'?");
            }
        }
    }

    private static String nearest(String key, Set<String> known) {
        return new TreeSet<>(known)
                .stream()
                        .min(Comparator.comparingInt(candidate -> distance(key, candidate)))
                        .orElse("");
    }

    /** How many letters have to be put in, taken out or changed. */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int column = 0; column <= other.length(); column++) {
            above[column] = column;
        }
        for (int row = 1; row <= one.length(); row++) {
            int[] current = new int[other.length() + 1];
            current[0] = row;
            for (int column = 1; column <= other.length(); column++) {
                int changed = above[column - 1] + (one.charAt(row - 1) == other.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(changed, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[other.length()];
    }
}
