package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a run keeps what it makes. The same pipeline with the same settings gets the same folder, so that a run that was killed
 * goes on where it stood; with other settings it gets another, so that two inputs are never mixed. One process at a
 * time holds it.
 */
final class DataDirectory implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectory.class);

    /** Tells that a folder was made by a run and may be removed by one. */
    private static final String MARK = ".millrace-run";

    private static final int ROOM_BYTES_MIN = 256 << 10;

    private final Path directory;

    /** The folder above all that was made; null when nothing was. */
    private final @Nullable Path lastThere;

    /** The system lets go of it when the process ends, however it ends. */
    private final FileChannel lock;

    private DataDirectory(Path directory, @Nullable Path lastThere, FileChannel lock) {
        this.directory = directory;
        this.lastThere = lastThere;
        this.lock = lock;
    }

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

    /**
     * Makes the folder where it is not there, and holds it until {@link #close}.
     *
     * @param fresh whether to remove what an earlier run left there
     * @throws UserError when it can't be made, another process holds it, or what is to be removed was not made by a run
     */
    static DataDirectory open(Path directory, boolean fresh) {
        boolean wasThere = Files.exists(directory);
        boolean marked = Files.exists(directory.resolve(MARK));
        if (fresh && wasThere && !marked) {
            throw new UserError(directory + " was not made by a run: not removing it for --fresh");
        }
        Path lastThere = directory.toAbsolutePath().normalize();
        while (lastThere != null && !Files.exists(lastThere)) {
            lastThere = lastThere.getParent();
        }
        try {
            Files.createDirectories(directory);
            var held = new DataDirectory(directory, wasThere ? null : lastThere, lock(directory));
            if (fresh) {
                held.wipe();
            }
            return held;
        } catch (IOException e) {
            throw new UserError(
                    "the data folder " + directory + " can't be made: " + reason(e) + "; name another with --data", e);
        }
    }

    private static FileChannel lock(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(MARK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("This process holds it", e);
        }
        channel.close();
        throw new UserError("the data folder " + directory
                + " is in use by another run: wait for its end, or name another with --data");
    }

    /**
     * Tells when the disk is full. Brokers and clients don't: they try again and again, in the hope that room is made.
     *
     * @throws UserError when hardly anything can be written there any more
     */
    void requireRoom() {
        Path probe = directory.resolve(".millrace-room");
        try {
            if (Files.getFileStore(directory).getUsableSpace() >= ROOM_BYTES_MIN) {
                return;
            }
            try {
                Files.write(probe, new byte[ROOM_BYTES_MIN]);
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            throw new UserError(
                    "the disk of the data folder " + directory + " is full (" + reason(e)
                            + "): make room and run it again, or name another folder with --data",
                    e);
        }
    }

    private void wipe() {
        try {
            deleteBelow(path -> !path.equals(directory) && !path.equals(directory.resolve(MARK)));
        } catch (IOException e) {
            throw new UserError("the data folder " + directory + " can't be removed: " + reason(e), e);
        }
    }

    /** Leaves things as they were before {@link #open}, for a run that has come to nothing: a folder that was new is removed. */
    void discard() {
        if (lastThere == null) {
            return;
        }
        try {
            deleteBelow(path -> true);
            Path above = directory.toAbsolutePath().normalize().getParent();
            while (above != null && !above.equals(lastThere)) {
                Files.delete(above);
                above = above.getParent();
            }
        } catch (IOException e) {
            LOG.warn("The data folder of a run that has come to nothing can't be removed: {}", reason(e));
        }
    }

    private void deleteBelow(Predicate<Path> unwanted) throws IOException {
        try (var files = Files.walk(directory)) {
            List<Path> deepestFirst =
                    files.filter(unwanted).sorted(Comparator.reverseOrder()).toList();
            for (Path file : deepestFirst) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("The lock of the data folder can't be closed: {}", reason(e));
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName() + " " + e.getMessage();
    }
}
