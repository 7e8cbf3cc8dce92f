package dev.millrace.connect.plugin;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigException;

/**
 * What is loaded by one class loader: a folder with the archives of a plugin and of what it needs, a folder of classes, or a
 * single archive.
 *
 * @param parts the archives and class folders in it
 */
record PluginLocation(Path path, List<Path> parts) {

    /**
     * The locations on a plugin path. An entry is a folder that holds locations, or is a location itself when it holds
     * class files; or it is an archive.
     */
    static List<PluginLocation> on(List<String> pluginPath) {
        List<PluginLocation> locations = new ArrayList<>();
        for (String entry : pluginPath) {
            Path path = Path.of(entry).toAbsolutePath().normalize();
            if (!Files.exists(path)) {
                throw new ConfigException(
                        "plugin.path names " + path + ", which does not exist: create it or take it out.");
            }
            if (isArchive(path)) {
                locations.add(new PluginLocation(path, List.of(path)));
                continue;
            }
            List<Path> children = list(path);
            if (holdsClasses(path)) {
                locations.add(of(path));
                continue;
            }
            for (Path child : children) {
                if (Files.isDirectory(child) || isArchive(child)) {
                    locations.add(of(child));
                }
            }
        }
        return locations;
    }

    private static PluginLocation of(Path path) {
        if (isArchive(path)) {
            return new PluginLocation(path, List.of(path));
        }
        List<Path> parts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
            files.filter(PluginLocation::isArchive).sorted().forEach(parts::add);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the plugin folder " + path, e);
        }
        if (parts.isEmpty() || holdsClasses(path)) {
            parts.add(path);
        }
        return new PluginLocation(path, parts);
    }

    List<URL> urls() {
        return parts.stream().map(PluginLocation::url).toList();
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the plugin folder " + folder, e);
        }
    }

    private static boolean holdsClasses(Path folder) {
        if (!Files.isDirectory(folder)) {
            return false;
        }
        return Files.isDirectory(folder.resolve("META-INF"))
                || list(folder).stream().anyMatch(child -> child.toString().endsWith(".class"));
    }

    private static boolean isArchive(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return (name.endsWith(".jar") || name.endsWith(".zip")) && Files.isRegularFile(path);
    }
}
