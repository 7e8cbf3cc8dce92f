package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/**
 * The settings that every connector has, whatever its plugin adds: their names, defaults and groups are those of Kafka
 * Connect. What transformations and predicates define is added for the ones that a config names.
 */
final class ConnectorDefinition {

    static final String NAME = "name";
    static final String CONNECTOR_CLASS = "connector.class";
    static final String TASKS_MAX = "tasks.max";
    static final String TASKS_MAX_ENFORCE = "tasks.max.enforce";
    static final String TRANSFORMS = "transforms";
    static final String PREDICATES = "predicates";
    static final String TOPICS = "topics";
    static final String TOPICS_REGEX = "topics.regex";
    static final String DLQ_TOPIC = "errors.deadletterqueue.topic.name";
    static final String DLQ_COPIES = "errors.deadletterqueue.topic.replication.factor";
    static final String DLQ_CONTEXT = "errors.deadletterqueue.context.headers.enable";
    static final String EXACTLY_ONCE = "exactly.once.support";
    static final String BOUNDARY = "transaction.boundary";
    static final String BOUNDARY_INTERVAL_MS = "transaction.boundary.interval.ms";
    static final String CREATION_GROUPS = "topic.creation.groups";

    private static final String COMMON = "Common";
    private static final String ERRORS = "Error Handling";
    private static final String CREATION = "Topic Creation";
    private static final String EXACTLY_ONCE_GROUP = "Exactly Once Support";

    private ConnectorDefinition() {}

    /** @param type SOURCE or SINK */
    static ConfigDef of(PluginType type, Plugins plugins, Map<String, String> config) {
        ConfigDef definition = common();
        if (type == PluginType.SOURCE) {
            addSource(definition, config);
        } else {
            addSink(definition);
        }
        ChainDefinition.add(definition, plugins, config);
        return definition;
    }

    private static ConfigDef common() {
        SettingGroup common = new SettingGroup(COMMON);
        SettingGroup errors = new SettingGroup(ERRORS);
        ConfigDef definition = new ConfigDef();
        common.add(
                definition,
                NAME,
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                SettingRules.nonEmpty(),
                Importance.HIGH,
                Width.MEDIUM,
                "Connector name",
                "The name by which the connector goes in its cluster.");
        common.add(
                definition,
                CONNECTOR_CLASS,
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                null,
                Importance.HIGH,
                Width.LONG,
                "Connector class",
                "The plugin: its class, or an alias such as the class's simple name, with or without the ending Connector.");
        common.add(
                definition,
                TASKS_MAX,
                ConfigDef.Type.INT,
                1,
                Range.atLeast(1),
                Importance.HIGH,
                Width.SHORT,
                "Tasks max",
                "How many tasks the connector may have at most.");
        common.add(
                definition,
                TASKS_MAX_ENFORCE,
                ConfigDef.Type.BOOLEAN,
                true,
                null,
                Importance.LOW,
                Width.SHORT,
                "Enforce tasks max",
                "Whether a connector that makes more tasks than that fails (KIP-1004).");
        common.add(
                definition,
                "key.converter",
                ConfigDef.Type.STRING,
                null,
                null,
                Importance.LOW,
                Width.SHORT,
                "Key converter class",
                "Converter of keys; the worker's if not given.");
        common.add(
                definition,
                "value.converter",
                ConfigDef.Type.STRING,
                null,
                null,
                Importance.LOW,
                Width.SHORT,
                "Value converter class",
                "Converter of values; the worker's if not given.");
        common.add(
                definition,
                "header.converter",
                ConfigDef.Type.STRING,
                null,
                null,
                Importance.LOW,
                Width.SHORT,
                "Header converter class",
                "Converter of headers; the worker's if not given.");
        new SettingGroup("Transforms")
                .add(
                        definition,
                        TRANSFORMS,
                        ConfigDef.Type.LIST,
                        "",
                        SettingRules.distinct(),
                        Importance.LOW,
                        Width.LONG,
                        "Transforms",
                        "Names for the transformations that records go through, in this order.");
        new SettingGroup("Predicates")
                .add(
                        definition,
                        PREDICATES,
                        ConfigDef.Type.LIST,
                        "",
                        SettingRules.distinct(),
                        Importance.LOW,
                        Width.LONG,
                        "Predicates",
                        "Names for the predicates that transformations refer to.");
        common.add(
                definition,
                "config.action.reload",
                ConfigDef.Type.STRING,
                "restart",
                ConfigDef.ValidString.in("none", "restart"),
                Importance.LOW,
                Width.MEDIUM,
                "Reload Action",
                "What to do when a config provider's value changes.");
        errors.add(
                definition,
                "errors.retry.timeout",
                ConfigDef.Type.LONG,
                0,
                null,
                Importance.MEDIUM,
                Width.MEDIUM,
                "Retry Timeout for Errors",
                "For how many milliseconds a failed operation is retried; -1 is for ever.");
        errors.add(
                definition,
                "errors.retry.delay.max.ms",
                ConfigDef.Type.LONG,
                60_000,
                null,
                Importance.MEDIUM,
                Width.MEDIUM,
                "Maximum Delay Between Retries for Errors",
                "The longest wait between two tries.");
        errors.add(
                definition,
                "errors.tolerance",
                ConfigDef.Type.STRING,
                "none",
                ConfigDef.ValidString.in("none", "all"),
                Importance.MEDIUM,
                Width.SHORT,
                "Error Tolerance",
                "none: a record that cannot be processed fails its task; all: it is skipped.");
        errors.add(
                definition,
                "errors.log.enable",
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                Importance.MEDIUM,
                Width.SHORT,
                "Log Errors",
                "Whether skipped records are logged.");
        errors.add(
                definition,
                "errors.log.include.messages",
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                Importance.MEDIUM,
                Width.SHORT,
                "Log Error Details",
                "Whether the log says what was in them.");
        return definition;
    }

    private static void addSource(ConfigDef definition, Map<String, String> config) {
        SettingGroup creation = new SettingGroup(CREATION);
        creation.add(
                definition,
                CREATION_GROUPS,
                ConfigDef.Type.LIST,
                "",
                SettingRules.distinct(),
                Importance.LOW,
                Width.LONG,
                "Topic Creation Groups",
                "Names for groups of topics that are made alike.");
        SettingGroup exactlyOnce = new SettingGroup(EXACTLY_ONCE_GROUP);
        exactlyOnce.add(
                definition,
                EXACTLY_ONCE,
                ConfigDef.Type.STRING,
                "requested",
                ConfigDef.CaseInsensitiveValidString.in("requested", "required"),
                Importance.MEDIUM,
                Width.SHORT,
                "Exactly once support",
                "required: refuse a connector that cannot do exactly-once (KIP-618).");
        exactlyOnce.add(
                definition,
                BOUNDARY,
                ConfigDef.Type.STRING,
                "poll",
                ConfigDef.CaseInsensitiveValidString.in("poll", "interval", "connector"),
                Importance.MEDIUM,
                Width.SHORT,
                "Transaction Boundary",
                "Where transactions end: after each poll, after an interval, or where the connector says.");
        exactlyOnce.add(
                definition,
                BOUNDARY_INTERVAL_MS,
                ConfigDef.Type.LONG,
                null,
                SettingRules.notNegative(),
                Importance.LOW,
                Width.SHORT,
                "Transaction boundary interval",
                "The interval; the worker's offset.flush.interval.ms if not given.");
        new SettingGroup("offsets.topic")
                .add(
                        definition,
                        "offsets.storage.topic",
                        ConfigDef.Type.STRING,
                        null,
                        SettingRules.nonEmpty(),
                        Importance.LOW,
                        Width.LONG,
                        "Offsets topic",
                        "A topic of its own for this connector's offsets.");
        boolean used = config.keySet().stream().anyMatch(key -> key.startsWith("topic.creation.default."));
        if (used || !list(config.get(CREATION_GROUPS)).isEmpty()) {
            addCreationGroup(definition, creation, "default", true);
            for (String group : list(config.get(CREATION_GROUPS))) {
                if (!group.equals("default")) {
                    addCreationGroup(definition, creation, group, false);
                }
            }
        }
    }

    private static void addCreationGroup(ConfigDef definition, SettingGroup creation, String name, boolean standard) {
        String prefix = "topic.creation." + name + ".";
        Object required = standard ? ConfigDef.NO_DEFAULT_VALUE : null;
        creation.add(
                definition,
                prefix + "replication.factor",
                ConfigDef.Type.SHORT,
                required,
                SettingRules.positiveOrBrokers(),
                Importance.LOW,
                Width.LONG,
                "Replication Factor for Topics in SettingGroup " + name,
                "Copies; -1 is the broker's default.");
        creation.add(
                definition,
                prefix + "partitions",
                ConfigDef.Type.INT,
                required,
                SettingRules.positiveOrBrokers(),
                Importance.LOW,
                Width.LONG,
                "Partition Count for Topics in SettingGroup " + name,
                "Partitions; -1 is the broker's default.");
        creation.add(
                definition,
                prefix + "include",
                ConfigDef.Type.LIST,
                standard ? ".*" : ConfigDef.NO_DEFAULT_VALUE,
                SettingRules.regexes(),
                Importance.LOW,
                Width.LONG,
                "Inclusion Topic Pattern for " + name,
                "Regular expressions of topic names.");
        creation.add(
                definition,
                prefix + "exclude",
                ConfigDef.Type.LIST,
                "",
                SettingRules.regexes(),
                Importance.LOW,
                Width.LONG,
                "Exclusion Topic Pattern for " + name,
                "Regular expressions of topic names.");
    }

    private static void addSink(ConfigDef definition) {
        SettingGroup common = new SettingGroup(COMMON);
        SettingGroup errors = new SettingGroup(ERRORS);
        common.add(
                definition,
                TOPICS,
                ConfigDef.Type.LIST,
                "",
                null,
                Importance.HIGH,
                Width.LONG,
                "Topics",
                "The topics to read.");
        common.add(
                definition,
                TOPICS_REGEX,
                ConfigDef.Type.STRING,
                "",
                SettingRules.regex(),
                Importance.HIGH,
                Width.LONG,
                "Topics regex",
                "Instead of topics: a regular expression of their names.");
        errors.add(
                definition,
                DLQ_TOPIC,
                ConfigDef.Type.STRING,
                "",
                null,
                Importance.MEDIUM,
                Width.MEDIUM,
                "Dead Letter Queue Topic Name",
                "Where skipped records go; empty for nowhere.");
        errors.add(
                definition,
                DLQ_COPIES,
                ConfigDef.Type.SHORT,
                (short) 3,
                null,
                Importance.MEDIUM,
                Width.MEDIUM,
                "Dead Letter Queue Topic Replication Factor",
                "Copies of that topic, if the worker makes it; the number of brokers if that is less.");
        errors.add(
                definition,
                DLQ_CONTEXT,
                ConfigDef.Type.BOOLEAN,
                false,
                null,
                Importance.MEDIUM,
                Width.MEDIUM,
                "Enable Error Context Headers",
                "Whether skipped records get headers that say what happened.");
    }

    /** The parts of a list setting. */
    static List<String> list(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(String::trim)
                        .filter(part -> !part.isEmpty())
                        .toList();
    }

    /** A plugin's share of a config: the settings that start with the prefix, without it. */
    static Map<String, String> withPrefix(String prefix, Map<String, String> config) {
        Map<String, String> share = new LinkedHashMap<>();
        config.forEach((key, value) -> {
            if (key.startsWith(prefix) && key.length() > prefix.length()) {
                share.put(key.substring(prefix.length()), value);
            }
        });
        return share;
    }
}
