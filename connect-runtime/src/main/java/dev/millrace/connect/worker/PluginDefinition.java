package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.ContextLoader;
import dev.millrace.connect.plugin.Plugin;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** The settings that a plugin defines, whatever its type. */
final class PluginDefinition {

    private PluginDefinition() {}

    static ConfigDef of(Plugin plugin) {
        try (ContextLoader ignored = ContextLoader.use(plugin.loader())) {
            Object instance = plugin.newInstance(Object.class);
            ConfigDef definition = null;
            if (instance instanceof Connector connector) {
                definition = connector.config();
            } else if (instance instanceof Converter converter) {
                definition = converter.config();
            } else if (instance instanceof HeaderConverter converter) {
                definition = converter.config();
            } else if (instance instanceof Transformation<?> transformation) {
                definition = transformation.config();
            } else if (instance instanceof Predicate<?> predicate) {
                definition = predicate.config();
            } else if (instance instanceof ConnectorClientConfigOverridePolicy policy) {
                definition = policy.config();
            }
            return definition == null ? new ConfigDef() : definition;
        }
    }
}
