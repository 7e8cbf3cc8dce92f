package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The settings of the transformations and predicates that a connector's config names, with what these plugins define. */
final class ChainDefinition {

    private static final Logger LOG = LoggerFactory.getLogger(ChainDefinition.class);

    private ChainDefinition() {}

    static void add(ConfigDef definition, Plugins plugins, Map<String, String> config) {
        for (String alias : ConnectorDefinition.list(config.get(ConnectorDefinition.TRANSFORMS))) {
            String prefix = ConnectorDefinition.TRANSFORMS + "." + alias + ".";
            SettingGroup group = new SettingGroup("Transforms: " + alias);
            addType(definition, prefix, group, "Transformation type for " + alias);
            group.add(
                    definition,
                    prefix + "predicate",
                    ConfigDef.Type.STRING,
                    null,
                    oneOf(config),
                    Importance.MEDIUM,
                    Width.MEDIUM,
                    "Predicate",
                    "The name of a predicate that says which records are transformed.");
            group.add(
                    definition,
                    prefix + "negate",
                    ConfigDef.Type.BOOLEAN,
                    false,
                    null,
                    Importance.MEDIUM,
                    Width.MEDIUM,
                    "Negate",
                    "Whether those that it does not match are transformed instead.");
            embed(definition, prefix, group, plugins, PluginType.TRANSFORMATION, config.get(prefix + "type"));
        }
        for (String alias : ConnectorDefinition.list(config.get(ConnectorDefinition.PREDICATES))) {
            String prefix = ConnectorDefinition.PREDICATES + "." + alias + ".";
            SettingGroup group = new SettingGroup("Predicates: " + alias);
            addType(definition, prefix, group, "Predicate type for " + alias);
            embed(definition, prefix, group, plugins, PluginType.PREDICATE, config.get(prefix + "type"));
        }
    }

    private static void addType(ConfigDef definition, String prefix, SettingGroup group, String title) {
        group.add(
                definition,
                prefix + "type",
                ConfigDef.Type.STRING,
                ConfigDef.NO_DEFAULT_VALUE,
                null,
                Importance.HIGH,
                Width.LONG,
                title,
                "The plugin.");
    }

    /** A plugin that cannot be found defines nothing here; validation reports it under its type. */
    private static void embed(
            ConfigDef definition,
            String prefix,
            SettingGroup group,
            Plugins plugins,
            PluginType type,
            @Nullable String name) {
        if (name == null) {
            return;
        }
        try {
            Plugin plugin = plugins.find(type, name, prefix + "type");
            group.embed(definition, prefix, definitionOf(plugin));
        } catch (ConnectException e) {
            LOG.debug("No definition of {}", name, e);
        }
    }

    private static ConfigDef definitionOf(Plugin plugin) {
        Object instance = plugin.newInstance(Object.class);
        if (instance instanceof Transformation<?> transformation) {
            ConfigDef definition = transformation.config();
            transformation.close();
            return definition;
        }
        Predicate<?> predicate = (Predicate<?>) instance;
        ConfigDef definition = predicate.config();
        predicate.close();
        return definition;
    }

    private static ConfigDef.Validator oneOf(Map<String, String> config) {
        List<String> predicates = ConnectorDefinition.list(config.get(ConnectorDefinition.PREDICATES));
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value != null && !predicates.contains(value)) {
                        throw new ConfigException(name, value, "is not one of the predicates " + predicates);
                    }
                },
                () -> "one of " + predicates);
    }
}
