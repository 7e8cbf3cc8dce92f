package dev.millrace.broker.log.directory;

import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Files of deleted segments that go away later (file.delete.delay.ms): renaming is all that the loop has to wait for, and
 * the disk pool does the rest. What is left at the end is deleted at the next start. Any thread.
 */
public final class RetiredFiles {
    private record Due(String path, long deleteAtMs) {}

    private final Disk disk;
    private final Deque<String> fresh = new ArrayDeque<>();
    private final Deque<Due> due = new ArrayDeque<>();
    private boolean closed;

    public RetiredFiles(Disk disk) {
        this.disk = disk;
    }

    /** Nothing happens when there is no such file. */
    public synchronized void retire(String path) throws IOException {
        if (disk.exists(path)) {
            String retired = path + LogFileNames.DELETED;
            disk.rename(path, retired);
            fresh.add(retired);
        }
    }

    /**
     * Deletes those whose time has come; that of the new ones begins to run.
     *
     * @return when the next one is due; Long.MAX_VALUE when there is none
     */
    public synchronized long deleteDue(long nowMs, long delayMs) throws IOException {
        if (closed) {
            return Long.MAX_VALUE;
        }
        while (!fresh.isEmpty()) {
            due.add(new Due(fresh.remove(), nowMs + delayMs));
        }
        while (!due.isEmpty() && due.getFirst().deleteAtMs <= nowMs) {
            disk.delete(due.getFirst().path);
            due.removeFirst();
        }
        return due.isEmpty() ? Long.MAX_VALUE : due.getFirst().deleteAtMs;
    }

    /** The directory may be gone, or another log's, from now on. */
    public synchronized void close() {
        closed = true;
    }
}
