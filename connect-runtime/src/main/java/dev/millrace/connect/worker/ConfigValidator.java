package dev.millrace.connect.worker;

import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.plugin.ContextLoader;
import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginNotFoundException;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import dev.millrace.connect.worker.answer.ConfigValidation;
import dev.millrace.connect.worker.answer.ConfigValidation.Definition;
import dev.millrace.connect.worker.answer.ConfigValidation.Setting;
import dev.millrace.connect.worker.answer.ConfigValidation.Value;
import dev.millrace.connect.worker.answer.ConnectorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest.ClientType;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what is wrong with a connector's config: by the definitions of the runtime and of the plugin, by the plugin's own
 * judgement, and by what the worker can do. Runs plugin code on the caller's thread, in the plugin's class loader.
 */
final class ConfigValidator {

    private final WorkerConfig worker;
    private final Plugins plugins;
    private final ConfiguredPlugins configured;
    private final Secrets secrets;
    private final Clients clients;

    ConfigValidator(
            WorkerConfig worker, Plugins plugins, ConfiguredPlugins configured, Secrets secrets, Clients clients) {
        this.worker = worker;
        this.plugins = plugins;
        this.configured = configured;
        this.secrets = secrets;
        this.clients = clients;
    }

    /** @throws RequestRefused (400) when there is no such plugin, so that nothing can be said about the rest; (500) when the
     *     plugin fails while it is asked
     * @throws ConnectException when the plugin can't be made */
    ConfigValidation validate(Map<String, String> raw) {
        Map<String, String> config = resolve(raw);
        if (config.get(ConnectorDefinition.CONNECTOR_CLASS) == null) {
            throw RequestRefused.badRequest("The connector config has no connector.class: name the plugin to run");
        }
        Plugin plugin;
        try {
            plugin = configured.connector(config);
        } catch (PluginNotFoundException e) {
            throw RequestRefused.badRequest(e.getMessage());
        }
        try (ContextLoader ignored = ContextLoader.use(plugin.loader())) {
            return validate(plugin, config);
        } catch (ConnectException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) { // Plugins throw what they like, and may lack classes.
            var refused =
                    new RequestRefused(500, "Plugin " + plugin.className() + " fails to validate its config: " + e);
            refused.initCause(e);
            throw refused;
        }
    }

    private Map<String, String> resolve(Map<String, String> raw) {
        try {
            return secrets.resolve(raw);
        } catch (ConnectException e) {
            throw RequestRefused.badRequest(e.getMessage());
        }
    }

    private ConfigValidation validate(Plugin plugin, Map<String, String> config) {
        Connector connector = plugin.newInstance(Connector.class);
        ConfigDef common = ConnectorDefinition.of(plugin.type(), plugins, config);
        ConfigDef own = connector.config();
        if (own == null) {
            throw RequestRefused.badRequest(plugin.className() + ".config() must return a ConfigDef that is not null.");
        }
        Map<String, ConfigValue> values = new LinkedHashMap<>(common.validateAll(config));
        Config judged = connector.validate(config);
        if (judged == null) {
            throw RequestRefused.badRequest(plugin.className() + ".validate() must return a Config that is not null.");
        }
        judged.configValues().forEach(value -> merge(values, value));
        checkPlugins(config, values);
        if (connector instanceof SourceConnector source) {
            checkExactlyOnce(source, config, values);
        } else {
            checkTopics(config, values);
        }
        config.forEach((name, value) -> {
            if (value == null) {
                error(values, name, "Null value can not be supplied as the configuration value.");
            }
        });
        Map<String, ConfigKey> keys = new LinkedHashMap<>(common.configKeys());
        keys.putAll(own.configKeys());
        Set<String> groups = new LinkedHashSet<>(common.groups());
        groups.addAll(own.groups());
        List<Setting> settings = settings(keys, values, secrets::hide);
        settings.addAll(clientSettings(plugin, config));
        int errors = settings.stream()
                .mapToInt(setting -> setting.value().errors().size())
                .sum();
        return new ConfigValidation(
                config.getOrDefault(ConnectorDefinition.CONNECTOR_CLASS, ""), errors, List.copyOf(groups), settings);
    }

    /** A plugin may define a setting that every connector has; then what either finds wrong counts. */
    private static void merge(Map<String, ConfigValue> values, ConfigValue judged) {
        ConfigValue present = values.get(judged.name());
        if (present != null) {
            present.errorMessages().stream()
                    .filter(message -> !judged.errorMessages().contains(message))
                    .forEach(judged::addErrorMessage);
        }
        values.put(judged.name(), judged);
    }

    private static void error(Map<String, ConfigValue> values, String name, @Nullable String message) {
        values.computeIfAbsent(name, ConfigValue::new).addErrorMessage(message);
    }

    private void checkPlugins(Map<String, String> config, Map<String, ConfigValue> values) {
        checkPlugin(config, values, "key.converter", PluginType.CONVERTER);
        checkPlugin(config, values, "value.converter", PluginType.CONVERTER);
        checkPlugin(config, values, "header.converter", PluginType.HEADER_CONVERTER);
        for (String alias : ConnectorDefinition.list(config.get(ConnectorDefinition.TRANSFORMS))) {
            checkPlugin(
                    config, values, ConnectorDefinition.TRANSFORMS + "." + alias + ".type", PluginType.TRANSFORMATION);
        }
        for (String alias : ConnectorDefinition.list(config.get(ConnectorDefinition.PREDICATES))) {
            checkPlugin(config, values, ConnectorDefinition.PREDICATES + "." + alias + ".type", PluginType.PREDICATE);
        }
    }

    private void checkPlugin(
            Map<String, String> config, Map<String, ConfigValue> values, String setting, PluginType type) {
        String name = config.get(setting);
        if (name == null) {
            return;
        }
        try {
            plugins.find(type, name, setting).newInstance(type.base());
        } catch (ConnectException e) {
            error(values, setting, e.getMessage());
        }
    }

    private void checkExactlyOnce(SourceConnector source, Map<String, String> config, Map<String, ConfigValue> values) {
        if (config.get("offsets.storage.topic") != null) {
            error(
                    values,
                    "offsets.storage.topic",
                    "offsets.storage.topic is not supported: leave it out, offsets are kept in the worker's "
                            + worker.offsetTopic().name());
        }
        boolean enabled = worker.exactlyOnceSource() == WorkerConfig.ExactlyOnceSource.ENABLED;
        if (is(config, ConnectorDefinition.EXACTLY_ONCE, "required")) {
            if (!enabled) {
                error(
                        values,
                        ConnectorDefinition.EXACTLY_ONCE,
                        "This worker does not have exactly-once source support enabled: set "
                                + WorkerConfig.EXACTLY_ONCE_SOURCE
                                + "=enabled for it, or exactly.once.support=requested.");
            } else if (source.exactlyOnceSupport(config) != ExactlyOnceSupport.SUPPORTED) {
                error(
                        values,
                        ConnectorDefinition.EXACTLY_ONCE,
                        "The connector does not declare support for exactly-once delivery guarantees with the provided"
                                + " configuration: set exactly.once.support=requested to run it all the same.");
            }
        }
        if (is(config, ConnectorDefinition.BOUNDARY, "connector")) {
            if (!enabled) {
                error(
                        values,
                        ConnectorDefinition.BOUNDARY,
                        "This worker does not have exactly-once source support enabled, which connector-defined"
                                + " transaction boundaries need.");
            } else if (source.canDefineTransactionBoundaries(config) != ConnectorTransactionBoundaries.SUPPORTED) {
                error(
                        values,
                        ConnectorDefinition.BOUNDARY,
                        "The connector does not support connector-defined transaction boundaries with the given"
                                + " configuration.");
            }
        }
    }

    private static boolean is(Map<String, String> config, String setting, String value) {
        return config.getOrDefault(setting, "").trim().toLowerCase(Locale.ROOT).equals(value);
    }

    private static void checkTopics(Map<String, String> config, Map<String, ConfigValue> values) {
        List<String> topics = ConnectorDefinition.list(config.get(ConnectorDefinition.TOPICS));
        String regex = config.getOrDefault(ConnectorDefinition.TOPICS_REGEX, "").trim();
        String deadLetters =
                config.getOrDefault(ConnectorDefinition.DLQ_TOPIC, "").trim();
        if (topics.isEmpty() == regex.isEmpty()) {
            String message = topics.isEmpty()
                    ? "Must configure one of topics or topics.regex."
                    : "topics and topics.regex are mutually exclusive options, but both are set.";
            error(values, ConnectorDefinition.TOPICS, message);
            error(values, ConnectorDefinition.TOPICS_REGEX, message);
        }
        boolean readsItsOwn = topics.contains(deadLetters)
                || (!regex.isEmpty()
                        && values.get(ConnectorDefinition.TOPICS_REGEX) != null
                        && Objects.requireNonNull(values.get(ConnectorDefinition.TOPICS_REGEX))
                                .errorMessages()
                                .isEmpty()
                        && Pattern.matches(regex, deadLetters));
        if (!deadLetters.isEmpty() && readsItsOwn) {
            error(
                    values,
                    ConnectorDefinition.DLQ_TOPIC,
                    "The dead letter queue topic " + deadLetters
                            + " may not be among the topics that the connector reads.");
        }
    }

    private List<Setting> clientSettings(Plugin plugin, Map<String, String> config) {
        ConnectorType type = plugin.type() == PluginType.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK;
        Clients.Owner owner = new Clients.Owner(
                new TaskId(config.getOrDefault(ConnectorDefinition.NAME, ""), 0),
                type,
                configured.connectorClass(plugin),
                config);
        List<Setting> settings = new ArrayList<>();
        settings.addAll(
                clientSettings(owner, Clients.PRODUCER_OVERRIDE, ProducerConfig.configDef(), ClientType.PRODUCER));
        settings.addAll(
                clientSettings(owner, Clients.CONSUMER_OVERRIDE, ConsumerConfig.configDef(), ClientType.CONSUMER));
        settings.addAll(clientSettings(owner, Clients.ADMIN_OVERRIDE, AdminClientConfig.configDef(), ClientType.ADMIN));
        return settings;
    }

    private List<Setting> clientSettings(Clients.Owner owner, String prefix, ConfigDef definition, ClientType client) {
        Map<String, String> given = ConnectorDefinition.withPrefix(prefix, owner.config());
        if (given.isEmpty()) {
            return List.of();
        }
        Map<String, ConfigValue> values = new LinkedHashMap<>();
        try {
            clients.judge(owner, new LinkedHashMap<>(given), definition, client)
                    .forEach(value -> values.put(value.name(), value));
        } catch (ConfigException e) {
            error(values, prefix + "*", e.getMessage());
        }
        Map<String, ConfigKey> keys = new LinkedHashMap<>(definition.configKeys());
        keys.keySet().retainAll(given.keySet());
        return settings(keys, values, secrets::hide).stream()
                .map(setting -> prefixed(prefix, setting))
                .toList();
    }

    private static Setting prefixed(String prefix, Setting setting) {
        Value value = setting.value();
        return new Setting(
                setting.definition(),
                new Value(
                        value.name().startsWith(prefix) ? value.name() : prefix + value.name(),
                        value.value(),
                        value.recommendedValues(),
                        value.errors(),
                        value.visible()));
    }

    private static List<Setting> settings(
            Map<String, ConfigKey> keys, Map<String, ConfigValue> values, UnaryOperator<String> hideSecrets) {
        List<Setting> settings = new ArrayList<>();
        values.forEach((name, value) -> {
            if (!keys.containsKey(name)) {
                settings.add(new Setting(null, value(value, null, hideSecrets)));
            }
        });
        keys.forEach((name, key) -> {
            ConfigValue value = values.get(name);
            settings.add(new Setting(
                    definition(key), value(value == null ? new ConfigValue(name) : value, key.type, hideSecrets)));
        });
        return settings;
    }

    static List<Definition> definitions(ConfigDef definition) {
        return definition.configKeys().values().stream()
                .map(ConfigValidator::definition)
                .toList();
    }

    private static Definition definition(ConfigKey key) {
        return new Definition(
                key.name,
                key.type.name(),
                !key.hasDefault(),
                key.hasDefault() ? ConfigDef.convertToString(key.defaultValue, key.type) : null,
                key.importance.name(),
                key.documentation,
                key.group,
                key.width.name(),
                key.displayName,
                key.dependents,
                key.orderInGroup);
    }

    private static Value value(ConfigValue value, ConfigDef.@Nullable Type type, UnaryOperator<String> hideSecrets) {
        String text = text(value.value(), type);
        List<String> recommended = value.recommendedValues().stream()
                .map(choice -> String.valueOf(text(choice, elementOf(type))))
                .toList();
        return new Value(
                value.name(),
                text == null ? null : hideSecrets.apply(text),
                recommended,
                value.errorMessages().stream().map(hideSecrets).toList(),
                value.visible());
    }

    private static ConfigDef.@Nullable Type elementOf(ConfigDef.@Nullable Type type) {
        return type == ConfigDef.Type.LIST ? ConfigDef.Type.STRING : type;
    }

    private static @Nullable String text(@Nullable Object value, ConfigDef.@Nullable Type type) {
        if (value == null) {
            return null;
        }
        return type == null ? value.toString() : ConfigDef.convertToString(value, type);
    }

    /** @throws RequestRefused (400) that lists the errors, if there are any */
    static void requireValid(ConfigValidation validation) {
        if (validation.errorCount() == 0) {
            return;
        }
        StringBuilder message = new StringBuilder("Connector configuration is invalid and contains the following ")
                .append(validation.errorCount())
                .append(" error(s):");
        validation.configs().forEach(setting -> setting.value().errors().forEach(error -> message.append('\n')
                .append(error)));
        message.append("\nYou can also find the above list of errors at the endpoint"
                + " `/connector-plugins/{connectorType}/config/validate`");
        throw RequestRefused.badRequest(message.toString());
    }
}
