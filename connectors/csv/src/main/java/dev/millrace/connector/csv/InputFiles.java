package dev.millrace.connector.csv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** The files that {@code input.path} stands for. Every path is absolute and normal: it names the file in stored offsets. */
final class InputFiles {

    private static final String GLOB_CHARACTERS = "*?[{";

    private final List<String> entries;
    private final Pattern nameInFolder;

    InputFiles(List<String> entries, Pattern nameInFolder) {
        this.entries = entries;
        this.nameInFolder = nameInFolder;
    }

    /**
     * In order of their names, each once.
     *
     * @throws SettingException when an entry stands for nothing, or for something that can't be read
     */
    List<Path> list() {
        TreeSet<Path> files = new TreeSet<>();
        for (String entry : entries) {
            List<Path> found = list(entry);
            if (found.isEmpty()) {
                throw new SettingException(Settings.INPUT_PATH, nothingIn(entry));
            }
            files.addAll(found);
        }
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                throw new SettingException(Settings.INPUT_PATH, "may not read " + file + "; check its permissions");
            }
        }
        return List.copyOf(files);
    }

    /** What there is now: an entry may stand for nothing yet. */
    List<Path> listPresent() {
        TreeSet<Path> files = new TreeSet<>();
        entries.forEach(entry -> files.addAll(list(entry)));
        return List.copyOf(files);
    }

    private List<Path> list(String entry) {
        Path path;
        try {
            path = Path.of(entry).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new SettingException(Settings.INPUT_PATH, "'" + entry + "' is no path: " + e.getReason());
        }
        if (Files.isDirectory(path)) {
            return folder(path);
        }
        if (Files.exists(path)) {
            return List.of(path);
        }
        return isGlob(entry) ? glob(path) : List.of();
    }

    private List<Path> folder(Path folder) {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> nameInFolder.matcher(name(child)).matches())
                    .filter(Files::isRegularFile)
                    .toList();
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static List<Path> glob(Path pattern) {
        PathMatcher matcher;
        try {
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        } catch (PatternSyntaxException e) {
            throw new SettingException(Settings.INPUT_PATH, "'" + pattern + "' is no glob: " + e.getDescription());
        }
        Path root = pattern;
        while (isGlob(root.toString())) {
            Path parent = root.getParent();
            if (parent == null) {
                break;
            }
            root = parent;
        }
        if (!Files.isDirectory(root)) {
            return List.of();
        }
        int depth =
                pattern.toString().contains("**") ? Integer.MAX_VALUE : pattern.getNameCount() - root.getNameCount();
        try (Stream<Path> below = Files.walk(root, depth, FileVisitOption.FOLLOW_LINKS)) {
            return below.filter(matcher::matches).filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw unreadable(root, e);
        } catch (UncheckedIOException e) {
            throw unreadable(root, new IOException(e));
        }
    }

    private String nothingIn(String entry) {
        Path path = Path.of(entry).toAbsolutePath().normalize();
        if (Files.isDirectory(path)) {
            return "no file in " + path + " has a name that input.file.pattern=" + nameInFolder + " matches";
        }
        return isGlob(entry) ? "no file matches " + path : "no such file or folder: " + path;
    }

    private static SettingException unreadable(Path path, IOException e) {
        return new SettingException(Settings.INPUT_PATH, "can't list " + path + ": " + e);
    }

    private static boolean isGlob(String text) {
        return text.chars().anyMatch(c -> GLOB_CHARACTERS.indexOf(c) >= 0);
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
