package dev.millrace.connect.worker;

import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import dev.millrace.connect.worker.answer.ConfigValidation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.errors.ConnectException;

/**
 * Finds out what is wrong with connectors' configs before there is a worker to run them, or a cluster: for whoever deploys
 * several at once and wants to deploy none when one is wrong. Any thread.
 */
public final class ConnectorCheck {

    private ConnectorCheck() {}

    /**
     * @param worker of the worker that is going to run them
     * @param connectors complete configs, by name
     * @throws RequestRefused (400) for the first connector that is wrong: one line with all its errors
     */
    public static void requireValid(WorkerConfig worker, Map<String, Map<String, String>> connectors) {
        try (Plugins plugins = Plugins.discover(
                        worker.pluginPath(), worker.pluginDiscovery(), ConnectorCheck.class.getClassLoader());
                Secrets secrets = new Secrets(worker, plugins)) {
            ConnectorClientConfigOverridePolicy policy = plugins.find(
                            PluginType.OVERRIDE_POLICY,
                            worker.clientOverridePolicy(),
                            WorkerConfig.CLIENT_OVERRIDE_POLICY)
                    .newInstance(ConnectorClientConfigOverridePolicy.class);
            policy.configure(worker.withPrefix(""));
            var configured = new ConfiguredPlugins(worker, plugins);
            var validator = new ConfigValidator(worker, plugins, configured, secrets, new Clients(worker, policy));
            connectors.forEach((name, config) -> {
                List<String> errors = errors(validator, configured, config);
                if (!errors.isEmpty()) {
                    throw RequestRefused.badRequest("connector " + name + ": " + String.join("; ", errors));
                }
            });
        } catch (ConfigException e) {
            throw RequestRefused.badRequest(e.getMessage());
        } catch (IOException e) {
            throw new ConnectException("Plugins can't be closed: " + e.getMessage(), e);
        }
    }

    private static List<String> errors(
            ConfigValidator validator, ConfiguredPlugins configured, Map<String, String> config) {
        try {
            ConfigValidation validation = validator.validate(config);
            Set<String> known = validation.configs().stream()
                    .map(setting -> setting.value().name())
                    .collect(Collectors.toSet());
            Set<String> own = configured
                    .connector(config)
                    .newInstance(Connector.class)
                    .config()
                    .names();
            return Stream.concat(
                            UnknownSettings.in(config, known, own).stream(),
                            validation.configs().stream().flatMap(setting -> setting.value().errors().stream()))
                    .distinct()
                    .toList();
        } catch (ConnectException e) { // Refused, or there is no making the plugin.
            return List.of(String.valueOf(e.getMessage()));
        }
    }
}
