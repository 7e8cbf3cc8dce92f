package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/** Class loaders over jars and folders of jars. */
final class PluginClassPath {

    private PluginClassPath() {}

    /** @throws UserError when an entry is not there */
    static URLClassLoader loader(List<Path> entries) {
        List<URL> urls = new ArrayList<>();
        for (Path entry : entries) {
            if (!Files.exists(entry)) {
                throw new UserError("classpath: " + entry + " is not there: build it, or correct the entry");
            }
            try {
                if (Files.isDirectory(entry)) {
                    try (var jars = Files.newDirectoryStream(entry, "*.jar")) {
                        for (Path jar : jars) {
                            urls.add(url(jar));
                        }
                    }
                } else {
                    urls.add(url(entry));
                }
            } catch (IOException e) {
                throw new UserError("classpath: " + entry + " can't be read: " + e.getMessage(), e);
            }
        }
        return new URLClassLoader(urls.toArray(URL[]::new), PluginClassPath.class.getClassLoader());
    }

    /** Everything that the folders of a plugin path hold, in one class loader. */
    static URLClassLoader plugins(String pluginPath) {
        List<Path> folders = new ArrayList<>();
        for (String entry : pluginPath.split(",")) {
            if (entry.isBlank()) {
                continue;
            }
            try (var children = Files.newDirectoryStream(Path.of(entry.strip()))) {
                children.forEach(folders::add);
            } catch (IOException e) {
                throw new UserError("plugin path: " + entry + " can't be read: " + e.getMessage(), e);
            }
        }
        return loader(folders);
    }

    /** Of all that its own archives hold. */
    static List<String> classNames(URLClassLoader loader) {
        List<String> names = new ArrayList<>();
        for (URL url : loader.getURLs()) {
            try (var jar = new JarFile(Path.of(url.toURI()).toFile())) {
                jar.stream()
                        .map(ZipEntry::getName)
                        .filter(name -> name.endsWith(".class"))
                        .forEach(name -> names.add(name.substring(0, name.length() - ".class".length())
                                .replace('/', '.')));
            } catch (IOException | URISyntaxException e) {
                throw new UserError("classpath: " + url + " can't be read: " + e.getMessage(), e);
            }
        }
        return names;
    }

    private static URL url(Path path) throws MalformedURLException {
        return path.toUri().toURL();
    }
}
