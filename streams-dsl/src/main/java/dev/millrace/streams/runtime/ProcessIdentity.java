package dev.millrace.streams.runtime;

import dev.millrace.streams.errors.StreamsException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who this process is to the brokers, over restarts: a random id in the state directory, held with a lock while the process
 * lives. After a crash the next start finds the id free, takes it over, and thereby ends the transaction that the crashed
 * process left open, instead of waiting for its time-out. Several processes may share a directory: each takes its own id.
 */
public final class ProcessIdentity implements AutoCloseable {

    private static final int SLOTS_MAX = 1024;

    private final String id;
    private final FileChannel channel;

    private ProcessIdentity(String id, FileChannel channel) {
        this.id = id;
        this.channel = channel;
    }

    /** Takes the first id of the application in this directory that no living process holds. */
    public static ProcessIdentity take(Path stateDir, String applicationId) {
        Path folder = stateDir.resolve(applicationId);
        try {
            Files.createDirectories(folder);
            for (int slot = 0; slot < SLOTS_MAX; slot++) {
                ProcessIdentity taken = tryTake(folder.resolve("process-" + slot + ".id"));
                if (taken != null) {
                    return taken;
                }
            }
        } catch (IOException e) {
            throw new StreamsException(
                    "The state directory " + folder + " can't be used: " + e
                            + ". Set state.dir to a directory that can be written to.",
                    e);
        }
        throw new StreamsException("More than " + SLOTS_MAX + " processes use the state directory " + folder + ".");
    }

    public String id() {
        return id;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new StreamsException("The lock on the state directory can't be released: " + e, e);
        }
    }

    private static @Nullable ProcessIdentity tryTake(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            FileLock lock = channel.tryLock();
            taken = lock != null;
            return taken ? new ProcessIdentity(idIn(file, channel), channel) : null;
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static String idIn(Path file, FileChannel channel) throws IOException {
        String known = Files.readString(file).trim();
        if (!known.isEmpty()) {
            return known;
        }
        String made = UUID.randomUUID().toString();
        channel.write(StandardCharsets.UTF_8.encode(made), 0);
        channel.force(true);
        return made;
    }
}
