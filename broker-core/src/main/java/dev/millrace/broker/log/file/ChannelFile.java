package dev.millrace.broker.log.file;

import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Locale;

/** A file on a real disk. */
final class ChannelFile implements DiskFile {
    private final Path path;
    private final FileChannel channel;

    ChannelFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    FileChannel channel() {
        return channel;
    }

    @Override
    public String description() {
        return path.toString();
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = channel.read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    @Override
    public void write(ByteBuffer source, long position) throws IOException {
        long at = position;
        try {
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
        } catch (IOException e) {
            throw orFull(path, e);
        }
    }

    /** The same failure by its proper type. */
    static IOException orFull(Path path, IOException e) {
        return isFull(e) ? new DiskFullException("no room to write " + path + ": " + e.getMessage(), e) : e;
    }

    /** Java has no type for ENOSPC and EDQUOT, only the text of strerror, which no locale changes inside a JVM. */
    private static boolean isFull(IOException e) {
        String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("no space left") || message.contains("quota exceeded");
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public void force() throws IOException {
        // fdatasync: it covers the size of a file that has grown, and leaves out the times.
        channel.force(false);
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return channel.transferTo(position, count, target);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
