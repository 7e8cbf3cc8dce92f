package dev.millrace.connect.plugin;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import org.apache.kafka.connect.components.Versioned;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A plugin that was found: its class, not yet loaded, and the loader that isolates it. Thread-safe. */
public final class Plugin {

    private static final Logger LOG = LoggerFactory.getLogger(Plugin.class);

    private final String className;
    private final PluginType type;
    private final ClassLoader loader;
    private volatile @Nullable Version version;

    /** @param text null where the plugin tells none */
    private record Version(@Nullable String text) {}

    Plugin(String className, PluginType type, ClassLoader loader) {
        this.className = className;
        this.type = type;
        this.loader = loader;
    }

    public String className() {
        return className;
    }

    public PluginType type() {
        return type;
    }

    /** The loader of the plugin's class and of all that the plugin brings. */
    public ClassLoader loader() {
        return loader;
    }

    /** The folder or archive it is in; empty text for the class path. */
    public String location() {
        return loader instanceof PluginClassLoader isolated
                ? isolated.location().toString()
                : "";
    }

    /** What the plugin says; null when it says nothing. The first call makes an instance of it. */
    public @Nullable String version() {
        Version known = version;
        if (known == null) {
            known = new Version(askVersion());
            version = known;
        }
        return known.text();
    }

    private @Nullable String askVersion() {
        try (ContextLoader ignored = ContextLoader.use(loader)) {
            Object instance = newInstance(Object.class);
            try {
                String told = instance instanceof Versioned versioned ? versioned.version() : null;
                return told == null || told.isBlank() ? null : told;
            } finally {
                if (instance instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            }
        } catch (Exception | LinkageError e) {
            LOG.debug("Plugin {} does not tell its version", className, e);
            return null;
        }
    }

    /**
     * A new instance, made with the plugin's own loader as the thread's.
     *
     * @throws ConnectException in one line when the class cannot be loaded, has no public constructor without
     *     parameters, or throws
     */
    public <T> T newInstance(Class<T> as) {
        try (ContextLoader ignored = ContextLoader.use(loader)) {
            return as.cast(
                    Class.forName(className, true, loader).getConstructor().newInstance());
        } catch (InvocationTargetException e) {
            throw new ConnectException("Plugin " + className + " fails when it is made: " + e.getCause(), e.getCause());
        } catch (NoSuchMethodException e) {
            throw new ConnectException("Plugin " + className + " has no public constructor without parameters", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new ConnectException("Plugin " + className + " cannot be loaded from " + place() + ": " + e, e);
        }
    }

    private String place() {
        return loader instanceof PluginClassLoader ? Path.of(location()).toString() : "the class path";
    }

    @Override
    public String toString() {
        return className + " (" + place() + ")";
    }
}
