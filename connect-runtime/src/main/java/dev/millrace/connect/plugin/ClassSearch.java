package dev.millrace.connect.plugin;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the plugins in a location that no service file names, by what their classes extend and implement. */
final class ClassSearch {

    private static final Logger LOG = LoggerFactory.getLogger(ClassSearch.class);

    private final Map<String, ClassHeader> headers = new LinkedHashMap<>();
    private final Map<String, Set<PluginType>> typesByClass = new HashMap<>();
    private final ClassLoader parent;

    private ClassSearch(ClassLoader parent) {
        this.parent = parent;
        for (PluginType type : PluginType.values()) {
            typesByClass.put(type.base().getName(), Set.of(type));
        }
    }

    /** Names of public concrete plugin classes, by type. */
    static Map<PluginType, Set<String>> in(PluginLocation location, ClassLoader parent) {
        ClassSearch search = new ClassSearch(parent);
        for (Path part : location.parts()) {
            try {
                search.read(part);
            } catch (IOException e) {
                LOG.warn("Cannot search for plugins in {}: {}", part, e.getMessage());
            }
        }
        Map<PluginType, Set<String>> found = new HashMap<>();
        for (ClassHeader header : List.copyOf(search.headers.values())) {
            if (header.isConcrete()) {
                for (PluginType type : search.typesOf(header.name(), new HashSet<>())) {
                    found.computeIfAbsent(type, t -> new TreeSet<>()).add(header.name());
                }
            }
        }
        return found;
    }

    private void read(Path part) throws IOException {
        if (Files.isDirectory(part)) {
            try (Stream<Path> files = Files.walk(part)) {
                for (Path file : (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
                    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                        add(in);
                    }
                }
            }
            return;
        }
        try (JarFile jar = new JarFile(part.toFile(), false)) {
            for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                // Other releases' variants of a class extend what the class extends.
                if (entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/")) {
                    try (InputStream in = new BufferedInputStream(jar.getInputStream(entry))) {
                        add(in);
                    }
                }
            }
        }
    }

    private void add(InputStream classFile) {
        try {
            ClassHeader header = ClassHeader.read(classFile);
            headers.putIfAbsent(header.name(), header);
        } catch (IOException e) {
            LOG.debug("Skipped a file that is not a readable class", e);
        }
    }

    private Set<PluginType> typesOf(@Nullable String className, Set<String> underWay) {
        if (className == null || className.startsWith("java.") || !underWay.add(className)) {
            return Set.of();
        }
        Set<PluginType> known = typesByClass.get(className);
        if (known != null) {
            return known;
        }
        ClassHeader header = headers.get(className);
        Set<PluginType> types = new HashSet<>();
        if (header == null) {
            types.addAll(typesOutside(className));
        } else {
            types.addAll(typesOf(header.parent(), underWay));
            header.interfaces().forEach(type -> types.addAll(typesOf(type, underWay)));
        }
        typesByClass.put(className, types);
        return types;
    }

    /** A class that the location extends but does not hold, such as one of Kafka's transformations. */
    private Set<PluginType> typesOutside(String className) {
        Set<PluginType> types = new HashSet<>();
        try {
            Class<?> outside = Class.forName(className, false, parent);
            for (PluginType type : PluginType.values()) {
                if (type.base().isAssignableFrom(outside)) {
                    types.add(type);
                }
            }
        } catch (ClassNotFoundException | LinkageError e) {
            LOG.trace("{} is not here, so it makes nothing a plugin", className, e);
        }
        return types;
    }
}
