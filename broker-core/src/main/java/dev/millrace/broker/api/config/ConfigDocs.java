package dev.millrace.broker.api.config;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/** What settings are for, told to clients that ask for documentation. */
final class ConfigDocs {

    private static final String NAME_SUFFIX = "_CONFIG";
    private static final String DOC_SUFFIX = "_DOC";

    private static final Map<String, String> THROTTLED = Map.of(
            "leader.replication.throttled.replicas",
            "Replicas that send to their followers no faster than the broker's rate for throttled ones:"
                    + " PARTITION:BROKER separated by commas, or * for all.",
            "follower.replication.throttled.replicas",
            "Replicas that fetch from their leaders no faster than the broker's rate for throttled ones:"
                    + " PARTITION:BROKER separated by commas, or * for all.");

    private static final Map<String, String> CLIENT_METRICS = Map.of(
            "interval.ms",
            "How often a client of this subscription pushes its metrics, in milliseconds.",
            "metrics",
            "Which metrics are pushed: prefixes of their names separated by commas; * for all, nothing for none.",
            "match",
            "Whose metrics are pushed: NAME=REGEX separated by commas, all of which must match the client;"
                    + " nothing for every client.");

    /** By the end of the name, for what consumer, share and streams groups have in common. */
    private static final Map<String, String> GROUPS = Map.ofEntries(
            Map.entry("session.timeout.ms", "A member that was not heard of for so long, in milliseconds, is out."),
            Map.entry("heartbeat.interval.ms", "How often a member is to send a heartbeat, in milliseconds."),
            Map.entry("assignment.interval.ms", "How long the group waits, in milliseconds, before it assigns anew."),
            Map.entry(
                    "auto.offset.reset",
                    "Where a group that has read nothing yet begins: latest, earliest, or by_duration:."),
            Map.entry("delivery.count.limit", "How often a record is handed out before the group gives it up."),
            Map.entry("isolation.level", "Whether members get records of transactions that are not committed."),
            Map.entry("partition.max.record.locks", "How many records of a partition may be handed out at a time."),
            Map.entry("record.lock.duration.ms", "How long a member has a record for itself, in milliseconds."),
            Map.entry("renew.acknowledge.enable", "Whether a member may keep a record for longer than that."),
            Map.entry("initial.rebalance.delay.ms", "How long an empty group waits for more members, in milliseconds."),
            Map.entry("num.standby.replicas", "How many standby copies there are of each task's state."));

    private ConfigDocs() {}

    /** Null when there is none. */
    static @Nullable String ofTopic(String name) {
        return THROTTLED.getOrDefault(name, Topics.DOCS.get(name));
    }

    /** Of what is the default of a topic's setting the same; of all others where Kafka explains them. */
    static String ofBroker(String name) {
        for (ConfigKey key : KnownConfigs.topic().values()) {
            String doc = Topics.DOCS.get(key.name());
            if (doc != null && key.synonyms().contains(name)) {
                return "For topics that have no " + key.name() + " of their own. " + doc;
            }
        }
        return "See https://kafka.apache.org/documentation/#brokerconfigs_" + name;
    }

    /** Null when there is none. */
    static @Nullable String ofGroup(String name) {
        return GROUPS.get(name.substring(name.indexOf('.') + 1));
    }

    /** Null when there is none. */
    static @Nullable String ofClientMetrics(String name) {
        return CLIENT_METRICS.get(name);
    }

    /** Read when first asked for. */
    private static final class Topics {
        static final Map<String, String> DOCS = read();

        /** {@link TopicConfig} pairs constants: X_CONFIG is the name, X_DOC the text. */
        private static Map<String, String> read() {
            Map<String, Field> fields = new HashMap<>();
            for (Field field : TopicConfig.class.getFields()) {
                fields.put(field.getName(), field);
            }
            Map<String, String> docs = new HashMap<>();
            fields.forEach((name, field) -> {
                Field doc = fields.get(name.replace(NAME_SUFFIX, DOC_SUFFIX));
                if (name.endsWith(NAME_SUFFIX) && doc != null) {
                    docs.put(text(field), text(doc));
                }
            });
            return Map.copyOf(docs);
        }

        private static String text(Field field) {
            try {
                return (String) field.get(null);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e); // they are public
            }
        }
    }
}
