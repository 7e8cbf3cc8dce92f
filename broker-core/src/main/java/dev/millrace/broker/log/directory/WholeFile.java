package dev.millrace.broker.log.directory;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Small files that are read and written as a whole: after a crash either the old content is there or the new. */
public final class WholeFile {
    private static final int BYTES_MAX = 1 << 30;

    private WholeFile() {}

    /** Null when there is none. */
    public static @Nullable ByteBuffer read(Disk disk, String path) throws IOException {
        try (DiskFile file = disk.open(path, false)) {
            long size = file.size();
            if (size > BYTES_MAX) {
                throw new LogCorruptException(file.description() + " has " + size + " bytes, far too many for its kind;"
                        + " move it away and start again");
            }
            ByteBuffer content = ByteBuffer.allocate((int) size);
            file.read(content, 0);
            return content.flip();
        } catch (NoSuchFileException none) {
            return null;
        }
    }

    /** In no particular hurry: a power failure may leave anything. */
    public static void writeUnforced(Disk disk, String path, ByteBuffer content) throws IOException {
        try (DiskFile file = disk.open(path, true)) {
            file.truncate(0);
            file.write(content, 0);
        }
    }

    /** Durable, once the directory is synced. */
    public static void write(Disk disk, String path, ByteBuffer content) throws IOException {
        String partial = path + LogFileNames.PARTIAL;
        try (DiskFile file = disk.open(partial, true)) {
            file.truncate(0);
            file.write(content, 0);
            file.force();
        } catch (IOException e) {
            deleteAfter(disk, partial, e);
            throw e;
        }
        disk.rename(partial, path);
    }

    private static void deleteAfter(Disk disk, String path, IOException cause) {
        try {
            disk.delete(path);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
