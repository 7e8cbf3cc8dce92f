package dev.millrace.broker.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigDef;
import org.jspecify.annotations.Nullable;

/**
 * Every setting that Apache Kafka 4.3.1 knows, by name and in the order of names, whether Millrace uses it or not. Names,
 * types, defaults and bounds are read off Kafka's own definitions. Immutable; any thread.
 */
public final class KnownConfigs {

    private KnownConfigs() {}

    /** A broker's settings: what server.properties may hold. */
    public static Map<String, ConfigKey> broker() {
        return Tables.BROKER;
    }

    /** Of the traffic between replicas, in bytes a second: set on brokers that run, and no keys of their files. */
    public static Map<String, ConfigKey> replicationRates() {
        return Tables.REPLICATION_RATES;
    }

    /** A topic's settings. */
    public static Map<String, ConfigKey> topic() {
        return Tables.TOPIC;
    }

    /** A group's settings (KIP-848). */
    public static Map<String, ConfigKey> group() {
        return Tables.GROUP;
    }

    /** The settings of a subscription to clients' metrics (KIP-714). */
    public static Map<String, ConfigKey> clientMetrics() {
        return Tables.CLIENT_METRICS;
    }

    /** Read when first asked for. */
    private static final class Tables {
        static final Map<String, ConfigKey> BROKER = read(
                "broker.tsv", row -> key(row, row[3].replace('-', '_').toUpperCase(Locale.ROOT), row[4], row[5], "-"));
        static final Map<String, ConfigKey> TOPIC =
                read("topic.tsv", row -> key(row, "CLUSTER_WIDE", row[3], row[4], row[5]));
        static final Map<String, ConfigKey> GROUP =
                read("group.tsv", row -> key(row, "CLUSTER_WIDE", row[3], row[4], "-"));
        static final Map<String, ConfigKey> CLIENT_METRICS =
                read("client-metrics.tsv", row -> key(row, "CLUSTER_WIDE", row[3], row[4], "-"));

        static final Map<String, ConfigKey> REPLICATION_RATES = rates(
                "follower.replication.throttled.rate",
                "leader.replication.throttled.rate",
                "replica.alter.log.dirs.io.max.bytes.per.second");

        private static Map<String, ConfigKey> rates(String... names) {
            Map<String, ConfigKey> rates = new LinkedHashMap<>();
            for (String name : names) {
                rates.put(
                        name,
                        new ConfigKey(
                                name,
                                ConfigDef.Type.LONG,
                                null,
                                ConfigKey.Update.CLUSTER_WIDE,
                                false,
                                ConfigKey.ANY,
                                List.of()));
            }
            return Collections.unmodifiableMap(rates);
        }

        private static ConfigKey key(String[] row, String update, String internal, String values, String synonyms) {
            return new ConfigKey(
                    row[0],
                    ConfigDef.Type.valueOf(row[1]),
                    defaultOf(row[2]),
                    ConfigKey.Update.valueOf(update),
                    internal.equals("internal"),
                    ValueSet.parse(values),
                    synonyms.equals("-") ? List.of() : List.of(synonyms.split(",")));
        }

        private static @Nullable String defaultOf(String column) {
            return column.equals("null") || column.equals("required") ? null : column;
        }

        private static Map<String, ConfigKey> read(String table, Function<String[], ConfigKey> parse) {
            InputStream resource = Objects.requireNonNull(KnownConfigs.class.getResourceAsStream(table), table);
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
                Map<String, ConfigKey> keys = new LinkedHashMap<>();
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.startsWith("#")) {
                        ConfigKey key = parse.apply(line.split("\t", -1));
                        keys.put(key.name(), key);
                    }
                }
                return Collections.unmodifiableMap(keys);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
