package dev.millrace.broker.log.file;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * One of log.dirs. Its threads must not be interrupted while they use a file: Java closes a channel under an interrupted
 * thread, for everybody.
 */
public final class FileDisk implements Disk {
    private final Path root;

    public FileDisk(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    public Path root() {
        return root;
    }

    @Override
    public DiskFile open(String path, boolean create) throws IOException {
        Path file = root.resolve(path);
        if (!create) {
            return new ChannelFile(file, FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
        }
        try {
            return new ChannelFile(
                    file,
                    FileChannel.open(
                            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        } catch (IOException e) {
            throw ChannelFile.orFull(file, e);
        }
    }

    @Override
    public boolean exists(String path) {
        return Files.exists(root.resolve(path), LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<Entry> list(String directory) throws IOException {
        Path path = root.resolve(directory);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
            for (Path child : children) {
                BasicFileAttributes attributes = Files.readAttributes(child, BasicFileAttributes.class);
                entries.add(new Entry(child.getFileName().toString(), attributes.size(), attributes.isDirectory()));
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    @Override
    public void createDirectory(String directory) throws IOException {
        try {
            Files.createDirectories(root.resolve(directory));
        } catch (IOException e) {
            throw ChannelFile.orFull(root.resolve(directory), e);
        }
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        try (FileChannel channel = FileChannel.open(root.resolve(directory), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public Space space() throws IOException {
        FileStore store = Files.getFileStore(root);
        return new Space(store.getTotalSpace(), store.getUsableSpace());
    }

    @Override
    public String describe(String path) {
        return root.resolve(path).toString();
    }
}
