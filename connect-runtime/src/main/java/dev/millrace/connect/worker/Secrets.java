package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigTransformer;
import org.apache.kafka.common.config.provider.ConfigProvider;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves references to config providers (KIP-297), and keeps what they resolve to out of topics, answers and traces.
 * Thread-safe.
 */
final class Secrets implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Secrets.class);

    /** Providers that need no class: {@code config.providers=env,file} is enough. */
    private static final Map<String, String> KNOWN = Map.of(
            "file", "org.apache.kafka.common.config.provider.FileConfigProvider",
            "env", "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
            "dir", "org.apache.kafka.common.config.provider.DirectoryConfigProvider");

    /** Shorter values are not hidden: they would turn up by chance. */
    private static final int HIDDEN_LENGTH_MIN = 4;

    private final List<ConfigProvider> providers = new ArrayList<>();
    private final ConfigTransformer transformer;
    private final Set<String> values = ConcurrentHashMap.newKeySet();

    Secrets(WorkerConfig config, Plugins plugins) {
        Map<String, ConfigProvider> byName = new HashMap<>();
        for (String name : config.configProviders()) {
            String prefix = "config.providers." + name + ".";
            Object type = config.withPrefix(prefix).getOrDefault("class", KNOWN.get(name));
            if (type == null) {
                throw new ConfigException(
                        "config.providers names \"" + name + "\": say its class in " + prefix + "class");
            }
            ConfigProvider provider = plugins.find(PluginType.CONFIG_PROVIDER, type.toString(), prefix + "class")
                    .newInstance(ConfigProvider.class);
            provider.configure(config.withPrefix(prefix + "param."));
            byName.put(name, provider);
            providers.add(provider);
        }
        transformer = new ConfigTransformer(byName);
    }

    /**
     * The config with references replaced by what they stand for.
     *
     * @throws ConnectException when a provider fails
     */
    Map<String, String> resolve(Map<String, String> config) {
        if (providers.isEmpty()) {
            return config;
        }
        Map<String, String> resolved;
        try {
            resolved = transformer.transform(config).data();
        } catch (RuntimeException e) {
            throw new ConnectException("A reference to a config provider cannot be resolved: " + e.getMessage(), e);
        }
        resolved.forEach((key, value) -> {
            if (value != null && value.length() >= HIDDEN_LENGTH_MIN && !Objects.equals(value, config.get(key))) {
                values.add(value);
            }
        });
        return resolved;
    }

    /** A task's config with references put back where the connector has passed on what they stand for. */
    Map<String, String> restore(Map<String, String> taskConfig, Map<String, String> raw, Map<String, String> resolved) {
        Map<String, String> restored = new LinkedHashMap<>(taskConfig);
        raw.forEach((key, value) -> {
            String secret = resolved.get(key);
            if (!Objects.equals(value, secret) && Objects.equals(secret, taskConfig.get(key))) {
                restored.put(key, value);
            }
        });
        return restored;
    }

    /** The text with everything hidden that a provider has ever given. */
    String hide(String text) {
        String hidden = text;
        for (String value : values) {
            hidden = hidden.replace(value, "[hidden]");
        }
        return hidden;
    }

    @Override
    public void close() {
        for (ConfigProvider provider : providers) {
            try {
                provider.close();
            } catch (IOException e) {
                LOG.warn(
                        "Config provider {} does not close: {}",
                        provider.getClass().getName(),
                        e.getMessage());
            }
        }
    }
}
