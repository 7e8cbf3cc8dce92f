package dev.millrace.broker;

import dev.millrace.broker.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.jspecify.annotations.Nullable;

/**
 * Where the broker listens and which addresses it tells clients, from listeners, advertised.listeners,
 * listener.security.protocol.map and controller.listener.names. Listeners of the controller are accepted and left alone: on
 * a single node nobody connects to them.
 *
 * @param bound where clients connect to
 * @param advertised what they are told; empty when that is where the broker listens
 * @param interBroker where other brokers would connect to; null where there is no such listener
 */
record Listeners(
        List<Endpoint> bound,
        List<Endpoint> advertised,
        List<String> ofController,
        @Nullable String interBroker) {

    private static final Pattern ADDRESS = Pattern.compile("([^:/]+)://\\[?([^\\]]*?)\\]?:(-?\\d+)");

    static Listeners parse(Settings settings) {
        List<String> ofController = settings.listOf("controller.listener.names").stream()
                .map(name -> name.toUpperCase(Locale.ROOT))
                .toList();
        Map<String, SecurityProtocol> protocols = protocols(settings, ofController);
        List<Endpoint> all = endpoints("listeners", settings, protocols);
        requireDistinctPorts(all);
        List<Endpoint> bound = all.stream()
                .filter(endpoint -> !ofController.contains(endpoint.listener()))
                .toList();
        if (bound.isEmpty()) {
            throw new ConfigException("listeners=" + String.join(",", settings.listOf("listeners"))
                    + ": expected one for clients beside the controller's, such as PLAINTEXT://:9092");
        }
        List<Endpoint> advertised = endpoints("advertised.listeners", settings, protocols).stream()
                .filter(endpoint -> !ofController.contains(endpoint.listener()))
                .toList();
        requireReachable(advertised, bound);
        requirePlaintext(bound);
        return new Listeners(bound, advertised, ofController, interBroker(settings, bound));
    }

    /** The addresses for clients, once the ports are known. */
    List<Endpoint> advertisedFor(List<Endpoint> boundNow) {
        if (advertised.isEmpty()) {
            return boundNow.stream()
                    .map(endpoint -> new Endpoint(
                            endpoint.listener(),
                            endpoint.securityProtocol(),
                            isWildcard(endpoint.host()) ? nameOfThisHost() : endpoint.host(),
                            endpoint.port()))
                    .toList();
        }
        return advertised.stream()
                .map(endpoint -> endpoint.port() != 0
                        ? endpoint
                        : new Endpoint(
                                endpoint.listener(),
                                endpoint.securityProtocol(),
                                endpoint.host(),
                                named(endpoint.listener(), boundNow).port()))
                .toList();
    }

    /** The protocol of a listener for clients. */
    SecurityProtocol protocolOf(String listener) {
        return named(listener, bound).securityProtocol();
    }

    private static Endpoint named(String listener, List<Endpoint> endpoints) {
        return endpoints.stream()
                .filter(endpoint -> endpoint.listener().equals(listener))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isWildcard(String host) {
        return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
    }

    private static String nameOfThisHost() {
        try {
            return InetAddress.getLocalHost().getCanonicalHostName();
        } catch (UnknownHostException e) {
            // A machine that does not know its own name is not going to be found under it.
            return "localhost";
        }
    }

    private static Map<String, SecurityProtocol> protocols(Settings settings, List<String> ofController) {
        Map<String, SecurityProtocol> protocols = new LinkedHashMap<>();
        String map = settings.textOf("listener.security.protocol.map");
        for (String entry : map.split(",")) {
            int colon = entry.indexOf(':');
            if (colon < 0) {
                throw new ConfigException(
                        "listener.security.protocol.map=" + map + ": expected NAME:PROTOCOL, separated by commas");
            }
            protocols.put(
                    entry.substring(0, colon).strip().toUpperCase(Locale.ROOT),
                    protocol(entry.substring(colon + 1).strip(), map));
        }
        if (!settings.isSet("listener.security.protocol.map")) {
            ofController.forEach(name -> protocols.putIfAbsent(name, SecurityProtocol.PLAINTEXT));
        }
        return protocols;
    }

    private static SecurityProtocol protocol(String name, String map) {
        try {
            return SecurityProtocol.forName(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("listener.security.protocol.map=" + map + ": " + name + " is none of "
                    + String.join(", ", SecurityProtocol.names()));
        }
    }

    private static List<Endpoint> endpoints(
            String setting, Settings settings, Map<String, SecurityProtocol> protocols) {
        List<Endpoint> endpoints = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (String item : settings.listOf(setting)) {
            Matcher address = ADDRESS.matcher(item);
            if (!address.matches()) {
                throw new ConfigException(setting + "=" + item + ": expected NAME://HOST:PORT");
            }
            String name = address.group(1).toUpperCase(Locale.ROOT);
            int port = Integer.parseInt(address.group(3));
            if (port < 0 || port > 65_535) {
                throw new ConfigException(setting + "=" + item + ": expected a port from 0 to 65535");
            }
            SecurityProtocol protocol = protocols.get(name);
            if (protocol == null) {
                throw new ConfigException(setting + "=" + item + ": listener.security.protocol.map has no " + name);
            }
            if (!names.add(name)) {
                throw new ConfigException(setting + "=" + item + ": there are two listeners named " + name);
            }
            endpoints.add(new Endpoint(name, protocol, address.group(2), port));
        }
        return endpoints;
    }

    private static void requireDistinctPorts(List<Endpoint> endpoints) {
        Set<String> taken = new HashSet<>();
        for (Endpoint endpoint : endpoints) {
            if (endpoint.port() != 0 && !taken.add(endpoint.host() + ":" + endpoint.port())) {
                throw new ConfigException("listeners: two of them have the address " + endpoint.host() + ":"
                        + endpoint.port() + "; expected one each");
            }
        }
    }

    private static void requireReachable(List<Endpoint> advertised, List<Endpoint> bound) {
        for (Endpoint endpoint : advertised) {
            if (bound.stream().noneMatch(listener -> listener.listener().equals(endpoint.listener()))) {
                throw new ConfigException("advertised.listeners: listeners has no " + endpoint.listener());
            }
            if (isWildcard(endpoint.host())) {
                throw new ConfigException("advertised.listeners=" + endpoint.listener() + "://" + endpoint.host() + ":"
                        + endpoint.port() + ": expected a host that clients can connect to");
            }
        }
    }

    private static @Nullable String interBroker(Settings settings, List<Endpoint> bound) {
        Object set = settings.optional("inter.broker.listener.name");
        // Kafka takes the listener that is named as the protocol.
        String name = set == null
                ? settings.textOf("security.inter.broker.protocol")
                : set.toString().toUpperCase(Locale.ROOT);
        if (bound.stream().anyMatch(endpoint -> endpoint.listener().equals(name))) {
            return name;
        }
        if (set != null) {
            throw new ConfigException("inter.broker.listener.name=" + name + ": listeners has no such listener");
        }
        return null;
    }

    private static void requirePlaintext(List<Endpoint> bound) {
        for (Endpoint endpoint : bound) {
            if (endpoint.securityProtocol() != SecurityProtocol.PLAINTEXT) {
                throw new ConfigException("listeners: " + endpoint.listener() + " is " + endpoint.securityProtocol()
                        + ", which is not supported yet; expected PLAINTEXT");
            }
        }
    }
}
