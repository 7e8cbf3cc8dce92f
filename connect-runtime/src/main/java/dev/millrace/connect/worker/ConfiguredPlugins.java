package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import dev.millrace.connect.task.Converters;
import dev.millrace.connect.task.Transformations;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterType;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** Makes and configures the plugins that a connector's config names, or the worker's where it names none. Thread-safe. */
final class ConfiguredPlugins {

    /** A task's class, as Kafka Connect puts it into the task's config. */
    static final String TASK_CLASS = "task.class";

    private final WorkerConfig config;
    private final Plugins plugins;

    ConfiguredPlugins(WorkerConfig config, Plugins plugins) {
        this.config = config;
        this.plugins = plugins;
    }

    /** @throws ConnectException in one line when there is no such connector */
    Plugin connector(Map<String, String> connectorConfig) {
        return plugins.find(
                PluginType.CONNECTORS,
                connectorConfig
                        .getOrDefault(ConnectorDefinition.CONNECTOR_CLASS, "")
                        .trim(),
                ConnectorDefinition.CONNECTOR_CLASS);
    }

    Class<? extends Connector> connectorClass(Plugin plugin) {
        try {
            return Class.forName(plugin.className(), false, plugin.loader()).asSubclass(Connector.class);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new ConnectException("Connector class " + plugin.className() + " cannot be loaded: " + e, e);
        }
    }

    Task newTask(Map<String, String> taskConfig, Plugin connector) {
        String name = taskConfig.get(TASK_CLASS);
        if (name == null) {
            name = connector.newInstance(Connector.class).taskClass().getName();
        }
        try {
            return Class.forName(name, true, connector.loader())
                    .asSubclass(Task.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ConnectException(
                    "Task class " + name + " of " + connector.className() + " cannot be made: " + e, e);
        }
    }

    Converters converters(Map<String, String> connectorConfig) {
        return new Converters(
                converter("key.converter", config.keyConverter(), true, connectorConfig),
                converter("value.converter", config.valueConverter(), false, connectorConfig),
                headerConverter(connectorConfig));
    }

    private Converter converter(String setting, String standard, boolean isKey, Map<String, String> connectorConfig) {
        String name = connectorConfig.get(setting);
        Plugin plugin = plugins.find(PluginType.CONVERTER, name == null ? standard : name, setting);
        Converter converter = plugin.newInstance(Converter.class);
        converter.configure(
                converterSettings(
                        setting, name != null, isKey ? ConverterType.KEY : ConverterType.VALUE, connectorConfig),
                isKey);
        return converter;
    }

    private HeaderConverter headerConverter(Map<String, String> connectorConfig) {
        String setting = "header.converter";
        String name = connectorConfig.get(setting);
        Plugin plugin =
                plugins.find(PluginType.HEADER_CONVERTER, name == null ? config.headerConverter() : name, setting);
        HeaderConverter converter = plugin.newInstance(HeaderConverter.class);
        converter.configure(converterSettings(setting, name != null, ConverterType.HEADER, connectorConfig));
        return converter;
    }

    /** A converter that the connector names is configured by the connector alone, the worker's by the worker alone. */
    private Map<String, Object> converterSettings(
            String setting, boolean own, ConverterType type, Map<String, String> connectorConfig) {
        Map<String, Object> settings = new HashMap<>();
        if (own) {
            settings.putAll(ConnectorDefinition.withPrefix(setting + ".", connectorConfig));
        } else {
            settings.putAll(config.withPrefix(setting + "."));
        }
        settings.put("converter.type", type.getName());
        return settings;
    }

    <R extends ConnectRecord<R>> Transformations<R> transformations(Map<String, String> connectorConfig) {
        List<Transformations.Link<R>> links = new ArrayList<>();
        for (String alias : ConnectorDefinition.list(connectorConfig.get(ConnectorDefinition.TRANSFORMS))) {
            Map<String, String> own =
                    ConnectorDefinition.withPrefix(ConnectorDefinition.TRANSFORMS + "." + alias + ".", connectorConfig);
            String predicate = own.remove("predicate");
            boolean negate =
                    Boolean.parseBoolean(own.getOrDefault("negate", "false").trim());
            own.remove("negate");
            Transformation<R> transformation = transformation(alias, own);
            Predicate<R> condition = predicate == null ? null : this.<R>predicate(predicate, connectorConfig);
            links.add(new Transformations.Link<R>(transformation, condition, negate));
        }
        return new Transformations<>(links);
    }

    @SuppressWarnings("unchecked") // A transformation of one kind of record is one of every kind.
    private <R extends ConnectRecord<R>> Transformation<R> transformation(String alias, Map<String, String> own) {
        Transformation<R> made = plugins.find(
                        PluginType.TRANSFORMATION,
                        own.getOrDefault("type", ""),
                        ConnectorDefinition.TRANSFORMS + "." + alias + ".type")
                .newInstance(Transformation.class);
        made.configure(own);
        return made;
    }

    @SuppressWarnings("unchecked") // As above.
    private <R extends ConnectRecord<R>> Predicate<R> predicate(String alias, Map<String, String> connectorConfig) {
        String prefix = ConnectorDefinition.PREDICATES + "." + alias + ".";
        Map<String, String> own = ConnectorDefinition.withPrefix(prefix, connectorConfig);
        Predicate<R> made = plugins.find(PluginType.PREDICATE, own.getOrDefault("type", ""), prefix + "type")
                .newInstance(Predicate.class);
        made.configure(own);
        return made;
    }
}
