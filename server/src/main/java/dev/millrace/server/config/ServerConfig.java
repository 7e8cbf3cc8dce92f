package dev.millrace.server.config;

import dev.millrace.server.UserError;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the process. Broker settings have Kafka's names; those of the Connect worker have Kafka Connect's behind
 * {@value #CONNECT_PREFIX}; the few of the process itself are the constants here. Immutable.
 */
public final class ServerConfig {

    /** Where REST, metrics and console are served. */
    public static final String HTTP_LISTENERS = "http.listeners";

    /** Kafka's own key, with two more roles. All four by default. */
    public static final String PROCESS_ROLES = "process.roles";

    /** For a process without a broker: the cluster that its Connect worker works on. */
    public static final String BOOTSTRAP_SERVERS = "bootstrap.servers";

    /** Settings of the Connect worker start with it. */
    public static final String CONNECT_PREFIX = "connect.";

    private static final Map<String, String> DEFAULTS =
            Map.of(HTTP_LISTENERS, "http://127.0.0.1:8083", PROCESS_ROLES, "broker,controller,connect,console");

    private final SmallRyeConfig source;
    private final Set<Role> roles;

    private ServerConfig(SmallRyeConfig source) {
        this.source = source;
        this.roles = Role.parse(source.getConfigValue(PROCESS_ROLES).getValue());
    }

    /**
     * @param file a properties file, such as Apache Kafka's server.properties; null for none
     * @param overrides {@code key=value}, which go before the file
     * @throws UserError when the file can't be read or an override is not of that form
     */
    public static ServerConfig load(@Nullable Path file, List<String> overrides) {
        return of(file == null ? Map.of() : read(file), parseOverrides(overrides));
    }

    /**
     * @param overrides {@code key=value} each
     * @throws UserError when one is not of that form
     */
    public static Map<String, String> parseOverrides(List<String> overrides) {
        Map<String, String> overriding = new LinkedHashMap<>();
        for (String override : overrides) {
            int equals = override.indexOf('=');
            if (equals <= 0) {
                throw new UserError("--override " + override + ": expected key=value");
            }
            overriding.put(
                    override.substring(0, equals).strip(),
                    override.substring(equals + 1).strip());
        }
        return overriding;
    }

    /** The settings of a process that another part of the program starts. */
    public static ServerConfig of(Map<String, String> settings, Map<String, String> overrides) {
        return new ServerConfig(new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(DEFAULTS, "defaults", 0))
                .withSources(new PropertiesConfigSource(settings, "file", 200))
                .withSources(new PropertiesConfigSource(overrides, "--override", 300))
                .build());
    }

    private static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new UserError("no file " + file + ": name a properties file, or none for the defaults", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserError(file + ": can't be read as properties: " + e.getMessage(), e);
        }
        Map<String, String> read = new LinkedHashMap<>();
        properties
                .stringPropertyNames()
                .forEach(key -> read.put(key, properties.getProperty(key).strip()));
        return read;
    }

    public Set<Role> roles() {
        return roles;
    }

    public boolean has(Role role) {
        return roles.contains(role);
    }

    /** What the broker is configured with: everything that is not another part's. */
    public Map<String, String> broker() {
        Map<String, String> broker = new LinkedHashMap<>();
        for (String key : source.getPropertyNames()) {
            if (!key.startsWith(CONNECT_PREFIX) && !key.equals(HTTP_LISTENERS) && !key.equals(BOOTSTRAP_SERVERS)) {
                broker.put(key, raw(key));
            }
        }
        return broker;
    }

    /** What the Connect worker is configured with, without the prefix. */
    public Map<String, String> connect() {
        Map<String, String> connect = new LinkedHashMap<>();
        for (String key : source.getPropertyNames()) {
            if (key.startsWith(CONNECT_PREFIX)) {
                connect.put(key.substring(CONNECT_PREFIX.length()), raw(key));
            }
        }
        return connect;
    }

    /** The cluster elsewhere. Null when it was not given. */
    public @Nullable String bootstrapServers() {
        return source.getConfigValue(BOOTSTRAP_SERVERS).getValue();
    }

    /** Where REST, metrics and console are served. */
    public String httpListeners() {
        return raw(HTTP_LISTENERS);
    }

    /** Everything, for injection by key. */
    public SmallRyeConfig source() {
        return source;
    }

    private String raw(String key) {
        String value = source.getConfigValue(key).getValue();
        return value == null ? "" : value;
    }
}
