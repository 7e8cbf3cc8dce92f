package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;

/**
 * Where a run keeps what it makes. The same pipeline with the same settings gets the same folder, so that a run that was killed
 * goes on where it stood; with other settings it gets another, so that two inputs are never mixed.
 */
final class DataDirectory {

    /** Tells that a folder was made by a run and may be removed by one. */
    private static final String MARK = ".millrace-run";

    private DataDirectory() {}

    /** @param only the parts of the pipeline that run in this process; processes that share a pipeline share no folder */
    static Path defaultFor(String pipeline, Map<String, String> settings, String cluster, Set<String> only) {
        if (settings.isEmpty() && cluster.isEmpty() && only.isEmpty()) {
            return Path.of("data", pipeline);
        }
        var crc = new CRC32();
        String parts = only.isEmpty() ? "" : new TreeSet<>(only).toString();
        crc.update((new TreeMap<>(settings) + cluster + parts).getBytes(StandardCharsets.UTF_8));
        return Path.of("data", String.format("%s-%08x", pipeline, crc.getValue()));
    }

    static void create(Path directory) {
        try {
            Files.createDirectories(directory);
            Path mark = directory.resolve(MARK);
            if (!Files.exists(mark)) {
                Files.createFile(mark);
            }
        } catch (IOException e) {
            throw new UserError(
                    "the data folder " + directory + " can't be made: " + reason(e) + "; name another with --data", e);
        }
    }

    /** @throws UserError when the folder was not made by a run */
    static void wipe(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        if (!Files.exists(directory.resolve(MARK))) {
            throw new UserError(directory + " was not made by a run: not removing it for --fresh");
        }
        try (var files = Files.walk(directory)) {
            List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UserError("the data folder " + directory + " can't be removed: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }
}
