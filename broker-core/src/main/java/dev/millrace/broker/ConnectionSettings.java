package dev.millrace.broker;

import dev.millrace.broker.config.Settings;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.network.ConnectionLimits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many connections are let in, from the configuration file and from what was set while the broker runs. */
final class ConnectionSettings {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSettings.class);
    private static final String OVERRIDES = "max.connections.per.ip.overrides";

    /** By name; null when it is set nowhere. */
    private interface Values {
        @Nullable
        String of(String name);
    }

    private ConnectionSettings() {}

    /** @throws ConfigException when a value can't be */
    static ConnectionLimits of(Settings settings, Listeners listeners) {
        return limits(name -> settings.isSet(name) ? settings.given().get(name) : null, settings, listeners);
    }

    /** What was set while the broker runs counts first; unless it can't be, which is logged. */
    static ConnectionLimits of(Settings settings, Listeners listeners, BrokerConfigLayers layers) {
        Values given = settings.given()::get;
        Values values = name -> layers.inOrder().stream()
                .map(layer -> layer.configs().get(name))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseGet(() -> given.of(name));
        try {
            return limits(values, settings, listeners);
        } catch (ConfigException e) {
            LOG.warn("Limits of connections stay as configured: {}", e.getMessage());
            return limits(given, settings, listeners);
        }
    }

    private static ConnectionLimits limits(Values values, Settings settings, Listeners listeners) {
        Map<String, ConnectionLimits.OfListener> ofListeners = new HashMap<>();
        for (Endpoint listener : listeners.bound()) {
            String prefix = "listener.name." + listener.listener().toLowerCase(Locale.ROOT) + ".";
            ofListeners.put(
                    listener.listener(),
                    new ConnectionLimits.OfListener(
                            number(values, prefix + "max.connections", Integer.MAX_VALUE),
                            number(values, prefix + "max.connection.creation.rate", Integer.MAX_VALUE)));
        }
        return new ConnectionLimits(
                number(values, "max.connections", settings.intOf("max.connections")),
                number(values, "max.connections.per.ip", settings.intOf("max.connections.per.ip")),
                overrides(values.of(OVERRIDES)),
                number(values, "max.connection.creation.rate", settings.intOf("max.connection.creation.rate")),
                ofListeners,
                listeners.bound().size() > 1 ? listeners.interBroker() : null);
    }

    private static int number(Values values, String name, int otherwise) {
        String value = values.of(name);
        try {
            return value == null ? otherwise : Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new ConfigException(name + "=" + value + ": expected a whole number");
        }
    }

    private static Map<String, Integer> overrides(@Nullable String value) {
        Map<String, Integer> overrides = new HashMap<>();
        if (value == null || value.isBlank()) {
            return overrides;
        }
        for (String item : value.split(",", -1)) {
            int colon = item.lastIndexOf(':');
            try {
                String address = InetAddress.getByName(
                                item.substring(0, Math.max(0, colon)).strip())
                        .getHostAddress();
                overrides.put(
                        address, Integer.parseInt(item.substring(colon + 1).strip()));
            } catch (UnknownHostException | NumberFormatException e) {
                throw new ConfigException(
                        OVERRIDES + "=" + value + ": expected HOST:COUNT, separated by commas, not " + item);
            }
        }
        return overrides;
    }
}
