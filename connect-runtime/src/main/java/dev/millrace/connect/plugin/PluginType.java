package dev.millrace.connect.plugin;

import java.util.List;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.source.SourceConnector;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;
import org.apache.kafka.connect.transforms.predicates.Predicate;

/** The kinds of plugin there are, in the order in which they are listed. */
public enum PluginType {
    SINK(SinkConnector.class, "sink", "sink connector", "Connector"),
    SOURCE(SourceConnector.class, "source", "source connector", "Connector"),
    TRANSFORMATION(Transformation.class, "transformation", "transformation", ""),
    PREDICATE(Predicate.class, "predicate", "predicate", ""),
    CONVERTER(Converter.class, "converter", "converter", "Converter"),
    HEADER_CONVERTER(HeaderConverter.class, "header_converter", "header converter", "Converter"),
    CONFIG_PROVIDER(ConfigProvider.class, "configprovider", "config provider", "ConfigProvider"),
    REST_EXTENSION(ConnectRestExtension.class, "rest_extension", "REST extension", "RestExtension"),
    OVERRIDE_POLICY(
            ConnectorClientConfigOverridePolicy.class,
            "connector_client_config_override_policy",
            "client override policy",
            "ConnectorClientConfigOverridePolicy");

    /** The two types that {@code connector.class} may name. */
    public static final List<PluginType> CONNECTORS = List.of(SOURCE, SINK);

    private final Class<?> base;
    private final String id;
    private final String title;
    private final String aliasSuffix;

    PluginType(Class<?> base, String id, String title, String aliasSuffix) {
        this.base = base;
        this.id = id;
        this.title = title;
        this.aliasSuffix = aliasSuffix;
    }

    /** The class or interface that makes a class a plugin of this type. */
    public Class<?> base() {
        return base;
    }

    /** As in the REST API. */
    public String id() {
        return id;
    }

    /** For messages. */
    public String title() {
        return title;
    }

    /** The simple class name, without what the names of all plugins of this type end in. */
    String shortAlias(String simpleName) {
        boolean prunable = simpleName.endsWith(aliasSuffix) && simpleName.length() > aliasSuffix.length();
        return prunable ? simpleName.substring(0, simpleName.length() - aliasSuffix.length()) : simpleName;
    }
}
