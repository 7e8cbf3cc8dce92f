package dev.millrace.connect.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads the classes of one plugin location: its own first, save those that {@link Isolation} shares. */
final class PluginClassLoader extends URLClassLoader {

    static {
        registerAsParallelCapable();
    }

    private final Path location;

    PluginClassLoader(Path location, List<URL> urls, ClassLoader parent) {
        super(location.toString(), urls.toArray(URL[]::new), parent);
        this.location = location;
    }

    Path location() {
        return location;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null) {
                loaded = loadFirst(name);
            }
            if (resolve) {
                resolveClass(loaded);
            }
            return loaded;
        }
    }

    private Class<?> loadFirst(String name) throws ClassNotFoundException {
        if (Isolation.isShared(name)) {
            return super.loadClass(name, false);
        }
        if (Isolation.mayBeOfTheJdk(name)) {
            try {
                return getPlatformClassLoader().loadClass(name);
            } catch (ClassNotFoundException notOfTheJdk) {
                return loadOwnFirst(name);
            }
        }
        return loadOwnFirst(name);
    }

    private Class<?> loadOwnFirst(String name) throws ClassNotFoundException {
        try {
            return findClass(name);
        } catch (ClassNotFoundException notBrought) {
            return super.loadClass(name, false);
        }
    }

    @Override
    public @Nullable URL getResource(String name) {
        URL own = findResource(name);
        return own != null ? own : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        List<URL> resources = new ArrayList<>(Collections.list(findResources(name)));
        resources.addAll(Collections.list(getParent().getResources(name)));
        return Collections.enumeration(resources);
    }
}
