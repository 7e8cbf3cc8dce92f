package dev.millrace.broker.log.disk;

import java.io.IOException;
import java.util.List;

/**
 * A disk on which one directory has another name for a while: a log is opened under the name that it shall have, and lies
 * under the one that it has until {@link #settle} renames it. Its open files stay open. Any thread; but nothing else may use the
 * directory while it is renamed.
 */
public final class RenamedDirectory implements Disk {
    private final Disk disk;
    private final String name;
    private final String temporaryName;
    private volatile boolean settled;

    /**
     * @param name of the directory, as the log knows it
     * @param temporaryName as it is on the disk until it is settled
     */
    public RenamedDirectory(Disk disk, String name, String temporaryName) {
        this.disk = disk;
        this.name = name;
        this.temporaryName = temporaryName;
    }

    /** The directory takes its name, atomically. Durable once the directory that it is in has been synced. */
    public void settle() throws IOException {
        disk.rename(temporaryName, name);
        settled = true;
    }

    private String real(String path) {
        boolean inside = path.startsWith(name) && (path.length() == name.length() || path.charAt(name.length()) == '/');
        return settled || !inside ? path : temporaryName + path.substring(name.length());
    }

    @Override
    public DiskFile open(String path, boolean create) throws IOException {
        return disk.open(real(path), create);
    }

    @Override
    public boolean exists(String path) throws IOException {
        return disk.exists(real(path));
    }

    @Override
    public List<Entry> list(String directory) throws IOException {
        return disk.list(real(directory));
    }

    @Override
    public void createDirectory(String directory) throws IOException {
        disk.createDirectory(real(directory));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(real(from), real(to));
    }

    @Override
    public void delete(String path) throws IOException {
        disk.delete(real(path));
    }

    @Override
    public void syncDirectory(String directory) throws IOException {
        disk.syncDirectory(real(directory));
    }

    @Override
    public Space space() throws IOException {
        return disk.space();
    }

    @Override
    public String describe(String path) {
        return disk.describe(real(path));
    }
}
