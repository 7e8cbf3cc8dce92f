package dev.millrace.connect.plugin;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plugins of a worker, by class name and by alias (the simple class name, and that without the ending that all plugins of
 * the type have). Immutable once discovered, but for plugins on the class path that only their class name leads to.
 */
public final class Plugins implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);

    /** Where Kafka keeps the plugins that {@code connect.builtin} stands in for. */
    private static final Map<String, String> STAND_INS = Map.of(
            "org.apache.kafka.connect.converters.", "dev.millrace.connect.builtin.",
            "org.apache.kafka.connect.connector.policy.", "dev.millrace.connect.builtin.");

    private final List<String> pluginPath;
    private final ClassLoader parent;
    private final List<PluginClassLoader> loaders = new ArrayList<>();
    private final Map<PluginType, Map<String, Plugin>> byClassName = new EnumMap<>(PluginType.class);
    private final Map<PluginType, Map<String, String>> classNameByAlias = new EnumMap<>(PluginType.class);

    private Plugins(List<String> pluginPath, ClassLoader parent) {
        this.pluginPath = pluginPath;
        this.parent = parent;
        for (PluginType type : PluginType.values()) {
            byClassName.put(type, new LinkedHashMap<>());
            classNameByAlias.put(type, new HashMap<>());
        }
    }

    /**
     * Finds what is on the class path of {@code parent} and on the plugin path.
     *
     * @param discovery as {@code plugin.discovery} (KIP-898): service_load, only_scan, hybrid_warn or hybrid_fail
     * @throws ConfigException when an entry of the plugin path does not exist, or under hybrid_fail a plugin has no service file
     */
    public static Plugins discover(List<String> pluginPath, String discovery, ClassLoader parent) {
        Plugins plugins = new Plugins(pluginPath, parent);
        String mode = discovery.toLowerCase(Locale.ROOT);
        plugins.addServices(parent);
        for (PluginLocation location : PluginLocation.on(pluginPath)) {
            PluginClassLoader loader = new PluginClassLoader(location.path(), location.urls(), parent);
            plugins.loaders.add(loader);
            Set<String> services = mode.equals("only_scan") ? Set.of() : plugins.addServices(loader);
            if (!mode.equals("service_load")) {
                plugins.addFound(location, loader, services, mode);
            }
        }
        plugins.nameAliases();
        return plugins;
    }

    private Set<String> addServices(ClassLoader loader) {
        Set<String> added = new HashSet<>();
        for (PluginType type : PluginType.values()) {
            var providers = ServiceLoader.load(type.base(), loader).stream().iterator();
            while (true) {
                try {
                    if (!providers.hasNext()) {
                        break;
                    }
                    Class<?> provider = providers.next().type();
                    if (provider.getClassLoader() == loader || !(loader instanceof PluginClassLoader)) {
                        add(new Plugin(provider.getName(), type, provider.getClassLoader()));
                        added.add(provider.getName());
                    }
                } catch (ServiceConfigurationError | LinkageError e) {
                    LOG.warn("A plugin of type {} is named but cannot be loaded: {}", type.title(), e.getMessage());
                }
            }
        }
        return added;
    }

    private void addFound(PluginLocation location, PluginClassLoader loader, Set<String> services, String mode) {
        Set<String> unnamed = new HashSet<>();
        ClassSearch.in(location, parent)
                .forEach((type, classNames) -> classNames.forEach(className -> {
                    if (!services.contains(className)) {
                        unnamed.add(className);
                        add(new Plugin(className, type, loader));
                    }
                }));
        if (!unnamed.isEmpty() && mode.equals("hybrid_fail")) {
            throw new ConfigException("plugin.discovery is hybrid_fail, and these plugins in " + location.path()
                    + " have no service file: " + unnamed + ". Add META-INF/services, or use hybrid_warn.");
        }
    }

    /** Of several places that hold the same class the highest version wins; of equal ones the isolated one. */
    private void add(Plugin plugin) {
        Map<String, Plugin> plugins = Objects.requireNonNull(byClassName.get(plugin.type()));
        Plugin present = plugins.get(plugin.className());
        if (present == null || VERSIONS.compare(plugin.version(), present.version()) >= 0) {
            plugins.put(plugin.className(), plugin);
        }
    }

    private static final Comparator<String> VERSIONS = Comparator.nullsFirst((a, b) -> {
        String[] left = a.split("[.-]", -1);
        String[] right = b.split("[.-]", -1);
        for (int i = 0; i < Math.min(left.length, right.length); i++) {
            boolean numbers = left[i].matches("\\d{1,9}") && right[i].matches("\\d{1,9}");
            int order = numbers
                    ? Integer.compare(Integer.parseInt(left[i]), Integer.parseInt(right[i]))
                    : left[i].compareTo(right[i]);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(left.length, right.length);
    });

    private void nameAliases() {
        byClassName.forEach((type, plugins) -> {
            Map<String, Set<String>> candidates = new HashMap<>();
            for (String className : plugins.keySet()) {
                String simpleName = className.substring(className.lastIndexOf('.') + 1);
                candidates.computeIfAbsent(simpleName, n -> new HashSet<>()).add(className);
                candidates
                        .computeIfAbsent(type.shortAlias(simpleName), n -> new HashSet<>())
                        .add(className);
            }
            candidates.forEach((alias, classNames) -> {
                if (classNames.size() == 1) {
                    Objects.requireNonNull(classNameByAlias.get(type))
                            .put(alias, classNames.iterator().next());
                } else {
                    LOG.warn("The alias {} could mean any of {}: use the class name", alias, classNames);
                }
            });
        });
    }

    /** All plugins of a type, by class name. */
    public Collection<Plugin> of(PluginType type) {
        return Objects.requireNonNull(byClassName.get(type)).values().stream()
                .sorted(Comparator.comparing(Plugin::className))
                .toList();
    }

    /**
     * The plugin that a config names by class or alias.
     *
     * @param setting the name of the setting, for the message
     * @throws PluginNotFoundException when there is none of these types
     */
    public Plugin find(List<PluginType> types, String name, String setting) {
        for (PluginType type : types) {
            Plugin plugin = find(type, name);
            if (plugin != null) {
                return plugin;
            }
        }
        throw new PluginNotFoundException(notFound(types, name, setting));
    }

    public Plugin find(PluginType type, String name, String setting) {
        return find(List.of(type), name, setting);
    }

    /** The plugin of any type that a name leads to; connectors first. */
    public Plugin findAny(String name) {
        List<PluginType> types = new ArrayList<>(PluginType.CONNECTORS);
        types.addAll(List.of(PluginType.values()));
        return find(types, name, "");
    }

    private @Nullable Plugin find(PluginType type, String name) {
        Map<String, Plugin> plugins = Objects.requireNonNull(byClassName.get(type));
        Plugin plugin = plugins.get(name);
        if (plugin == null) {
            plugin = plugins.get(
                    Objects.requireNonNull(classNameByAlias.get(type)).getOrDefault(name, ""));
        }
        if (plugin == null) {
            for (Map.Entry<String, String> standIn : STAND_INS.entrySet()) {
                if (name.startsWith(standIn.getKey())) {
                    plugin = plugins.get(
                            standIn.getValue() + name.substring(standIn.getKey().length()));
                }
            }
        }
        return plugin != null ? plugin : onClassPath(type, name);
    }

    /** Class path plugins need no service file: their class name is enough, as it always was in Connect. */
    private @Nullable Plugin onClassPath(PluginType type, String name) {
        try {
            Class<?> found = Class.forName(name, false, parent);
            return type.base().isAssignableFrom(found) ? new Plugin(name, type, found.getClassLoader()) : null;
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.trace("{} is not on the class path", name, e);
            return null;
        }
    }

    private String notFound(List<PluginType> types, String name, String setting) {
        String titles = types.stream().map(PluginType::title).distinct().collect(Collectors.joining(" or "));
        Set<String> known = types.stream()
                .flatMap(type -> Objects.requireNonNull(classNameByAlias.get(type)).keySet().stream())
                .collect(Collectors.toSet());
        known.addAll(types.stream()
                .flatMap(type -> Objects.requireNonNull(byClassName.get(type)).keySet().stream())
                .toList());
        String hint = NearestName.of(name, known)
                .or(() -> NearestName.of(name.substring(name.lastIndexOf('.') + 1), known))
                .map(near -> "; did you mean \"" + near + "\"?")
                .orElseGet(() -> "; there are: "
                        + types.stream()
                                .flatMap(type -> of(type).stream())
                                .map(Plugin::className)
                                .sorted()
                                .collect(Collectors.joining(", ")));
        return "No " + titles + " is called \"" + name + "\"" + (setting.isEmpty() ? "" : " (setting " + setting + ")")
                + ": looked on the class path and in plugin.path " + pluginPath + hint;
    }

    @Override
    public void close() throws IOException {
        for (PluginClassLoader loader : loaders) {
            loader.close();
        }
    }
}
