package dev.millrace.broker.simulation;

import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.DiskFullException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that keeps no more promises than a real one: what was not forced may be lost at a power failure, in
 * whole or in part and not in the order in which it was written; names that were not synced are undone from the latest
 * back, as a journalling file system does; a write that is interrupted leaves a part. It can be full, fail to force, break
 * down, turn read-only, and flip bits. All its choices come from one seed.
 */
public final class NastyDisk implements Disk {
    private static final int SECTOR_BYTES = 512;

    private final String root;
    private final Random random;
    private final TreeMap<String, Node> names = new TreeMap<>();
    private final TreeMap<String, Node> durableNames = new TreeMap<>();
    private final List<Map<String, Change>> journal = new ArrayList<>();

    private int generation;
    private long capacity = Long.MAX_VALUE;
    private boolean failForces;
    private Health health = Health.SOUND;
    private long operations;
    private long crashAt = Long.MAX_VALUE;
    private long forces;
    private long bytesRead;

    /** The process is killed. Not an exception that anything under test may handle. */
    public static final class Crash extends Error {
        private static final long serialVersionUID = 1L;

        Crash(String where) {
            super(where);
        }
    }

    private enum Health {
        SOUND,
        READ_ONLY,
        BROKEN
    }

    /** A name got a node, or lost it. */
    private record Change(@Nullable Node node) {}

    /** Bytes that were written at a position, or a new size when there are none. */
    private record Write(long position, byte @Nullable [] bytes) {}

    private static final class Node {
        final boolean directory;
        byte[] current = new byte[0];
        int size;
        byte[] durable = new byte[0];
        int durableSize;
        final List<Write> unforced = new ArrayList<>();

        Node(boolean directory) {
            this.directory = directory;
        }

        void write(long position, byte[] bytes) {
            int end = Math.toIntExact(position + bytes.length);
            current = ensure(current, end);
            System.arraycopy(bytes, 0, current, (int) position, bytes.length);
            size = Math.max(size, end);
        }

        void resize(int newSize) {
            current = ensure(current, newSize);
            if (newSize < size) {
                Arrays.fill(current, newSize, size, (byte) 0);
            }
            size = newSize;
        }

        void force() {
            durable = Arrays.copyOf(current, size);
            durableSize = size;
            unforced.clear();
        }

        void revert() {
            current = Arrays.copyOf(durable, durableSize);
            size = durableSize;
        }

        private static byte[] ensure(byte[] bytes, int length) {
            return bytes.length >= length ? bytes : Arrays.copyOf(bytes, Math.max(length, 2 * bytes.length));
        }
    }

    public NastyDisk(long seed) {
        this(seed, "memory:");
    }

    /** @param root its own name, which begins those of its files */
    public NastyDisk(long seed, String root) {
        random = new Random(seed);
        this.root = root;
        names.put("", new Node(true));
        durableNames.put("", names.get(""));
    }

    // ---- What a test does to it

    /** Everything written is kept, as after kill -9. Files that were open are not usable any more. */
    public synchronized void killProcess() {
        generation++;
        crashAt = Long.MAX_VALUE;
    }

    /** What was not forced or synced is lost, or some of it. */
    public synchronized void failPower() {
        killProcess();
        int kept = journal.isEmpty() ? 0 : random.nextInt(journal.size() + 1);
        for (int i = 0; i < kept; i++) {
            journal.get(i).forEach((path, change) -> put(durableNames, path, change.node));
        }
        journal.clear();
        names.clear();
        names.putAll(durableNames);
        for (Node node : names.values()) {
            loseUnforced(node);
            node.force();
        }
    }

    private void loseUnforced(Node node) {
        List<Write> writes = List.copyOf(node.unforced);
        node.revert();
        int mode = random.nextInt(4);
        if (mode == 0) {
            return; // all of it is lost
        }
        int until = mode == 1 ? random.nextInt(writes.size() + 1) : writes.size();
        for (int i = 0; i < until; i++) {
            Write write = writes.get(i);
            if (write.bytes == null) {
                node.resize((int) write.position);
            } else if (mode == 2) {
                writeSomeSectors(node, write.position, write.bytes);
            } else {
                boolean torn = i == until - 1 && random.nextBoolean();
                node.write(
                        write.position,
                        torn ? Arrays.copyOf(write.bytes, random.nextInt(write.bytes.length + 1)) : write.bytes);
            }
        }
    }

    /** The size may reach the disk before the bytes do, and leaves zeros then. */
    private void writeSomeSectors(Node node, long position, byte[] bytes) {
        int end = Math.toIntExact(position + bytes.length);
        if (end > node.size) {
            node.resize(end);
        }
        for (int at = 0; at < bytes.length; at += SECTOR_BYTES) {
            if (random.nextInt(4) > 0) {
                node.write(position + at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + SECTOR_BYTES)));
            }
        }
    }

    /** The process dies at the nth operation from now on that changes something: a {@link Crash} is thrown there. */
    public synchronized void crashAfter(int mutations) {
        crashAt = operations + mutations;
    }

    public synchronized void doNotCrash() {
        crashAt = Long.MAX_VALUE;
    }

    /** How many operations have changed something. */
    public synchronized long operations() {
        return operations;
    }

    /** How often something was forced or synced. */
    public synchronized long forces() {
        return forces;
    }

    /** How many bytes were read from files. */
    public synchronized long bytesRead() {
        return bytesRead;
    }

    /** Leaves room for so many bytes more. */
    public synchronized void leaveRoomFor(long bytes) {
        capacity = used() + bytes;
    }

    public synchronized void makeRoom() {
        capacity = Long.MAX_VALUE;
    }

    /** From now on forcing a file fails, and what it should have forced is gone at the next power failure. */
    public synchronized void failForces(boolean fail) {
        failForces = fail;
    }

    /** From now on every read, write and force fails, as on a disk that has died. */
    public synchronized void breakDown() {
        health = Health.BROKEN;
    }

    /** From now on nothing can be changed, as on a file system that the kernel has remounted for its errors. */
    public synchronized void makeReadOnly() {
        health = Health.READ_ONLY;
    }

    /** Somebody has mended it; what was on it is there again. */
    public synchronized void mend() {
        health = Health.SOUND;
    }

    private void requireReadable(String path) throws IOException {
        if (health == Health.BROKEN) {
            throw new IOException("Input/output error reading " + path);
        }
    }

    private void requireWritable(String path) throws IOException {
        if (health == Health.BROKEN) {
            throw new IOException("Input/output error writing " + path);
        }
        if (health == Health.READ_ONLY) {
            throw new FileSystemException(path, null, "Read-only file system");
        }
    }

    public synchronized void flipBit(String path, long position, int bit) throws IOException {
        Node node = file(path);
        node.current[(int) position] ^= (byte) (1 << bit);
        node.force();
    }

    public synchronized void cutOff(String path, long size) throws IOException {
        Node node = file(path);
        node.resize((int) size);
        node.force();
    }

    public synchronized byte[] content(String path) throws IOException {
        Node node = file(path);
        return Arrays.copyOf(node.current, node.size);
    }

    /** Puts a whole file there, durably. */
    public synchronized void place(String path, byte[] content) {
        Node node = new Node(false);
        node.write(0, content);
        node.force();
        names.put(path, node);
        durableNames.put(path, node);
    }

    /** A disk with the same content, and no memory of how it came there. */
    public synchronized NastyDisk copy(long seed) {
        NastyDisk copy = new NastyDisk(seed, root);
        names.forEach((path, node) -> {
            Node twin = new Node(node.directory);
            twin.write(0, Arrays.copyOf(node.current, node.size));
            twin.force();
            copy.names.put(path, twin);
            copy.durableNames.put(path, twin);
        });
        return copy;
    }

    private long used() {
        long used = 0;
        for (Node node : names.values()) {
            used += node.size;
        }
        return used;
    }

    // ---- The port

    @Override
    public synchronized DiskFile open(String path, boolean create) throws IOException {
        requireWritable(path);
        Node node = names.get(path);
        if (node == null) {
            if (!create) {
                throw new NoSuchFileException(path);
            }
            if (!names.containsKey(parent(path))) {
                throw new NoSuchFileException(parent(path));
            }
            mutate("create " + path);
            node = new Node(false);
            rename(Map.of(path, new Change(node)));
        }
        if (node.directory) {
            throw new IOException(path + " is a directory");
        }
        return new Handle(path, node, generation);
    }

    @Override
    public synchronized boolean exists(String path) {
        return names.containsKey(path);
    }

    @Override
    public synchronized List<Entry> list(String directory) {
        List<Entry> entries = new ArrayList<>();
        String prefix = directory.isEmpty() ? "" : directory + "/";
        for (Map.Entry<String, Node> entry : names.tailMap(prefix, false).entrySet()) {
            String path = entry.getKey();
            if (!path.startsWith(prefix)) {
                break;
            }
            String name = path.substring(prefix.length());
            if (name.indexOf('/') < 0) {
                entries.add(new Entry(name, entry.getValue().size, entry.getValue().directory));
            }
        }
        return entries;
    }

    @Override
    public synchronized void createDirectory(String directory) {
        for (int slash = directory.indexOf('/'); slash >= 0; slash = directory.indexOf('/', slash + 1)) {
            makeDirectory(directory.substring(0, slash));
        }
        makeDirectory(directory);
    }

    private void makeDirectory(String path) {
        if (!names.containsKey(path)) {
            mutate("create " + path);
            rename(Map.of(path, new Change(new Node(true))));
        }
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        Node node = names.get(from);
        if (node == null) {
            throw new NoSuchFileException(from);
        }
        requireWritable(from);
        mutate("rename " + from);
        Map<String, Change> changes = new TreeMap<>();
        for (Map.Entry<String, Node> entry : names.tailMap(from, true).entrySet()) {
            String path = entry.getKey();
            if (path.equals(from) || path.startsWith(from + "/")) {
                changes.put(path, new Change(null));
                changes.put(to + path.substring(from.length()), new Change(entry.getValue()));
            }
        }
        rename(changes);
    }

    @Override
    public synchronized void delete(String path) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            return;
        }
        if (node.directory && !list(path).isEmpty()) {
            throw new IOException(path + " is not empty");
        }
        requireWritable(path);
        mutate("delete " + path);
        rename(Map.of(path, new Change(null)));
    }

    @Override
    public synchronized void syncDirectory(String directory) throws IOException {
        if (!names.containsKey(directory)) {
            throw new NoSuchFileException(directory);
        }
        requireWritable(directory);
        mutate("sync " + directory);
        forces++;
        for (Map<String, Change> changes : journal) {
            changes.forEach((path, change) -> put(durableNames, path, change.node));
        }
        journal.clear();
    }

    @Override
    public Space space() {
        return Space.UNKNOWN;
    }

    @Override
    public String describe(String path) {
        return root + path;
    }

    private void rename(Map<String, Change> changes) {
        changes.forEach((path, change) -> put(names, path, change.node));
        journal.add(changes);
    }

    private static void put(Map<String, Node> target, String path, @Nullable Node node) {
        if (node == null) {
            target.remove(path);
        } else {
            target.put(path, node);
        }
    }

    private static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    private Node file(String path) throws IOException {
        Node node = names.get(path);
        if (node == null) {
            throw new NoSuchFileException(path);
        }
        return node;
    }

    private void mutate(String what) {
        if (++operations > crashAt) {
            throw new Crash(what);
        }
    }

    private final class Handle implements DiskFile {
        private final String path;
        private final Node node;
        private final int born;
        private boolean closed;

        Handle(String path, Node node, int born) {
            this.path = path;
            this.node = node;
            this.born = born;
        }

        private void check() throws IOException {
            if (closed) {
                throw new IOException(path + " is closed");
            }
            if (born != generation) {
                throw new IOException(path + " was opened before the crash");
            }
        }

        @Override
        public String description() {
            return describe(path);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            synchronized (NastyDisk.this) {
                check();
                requireReadable(path);
                int length = (int) Math.max(0, Math.min(target.remaining(), node.size - position));
                bytesRead += length;
                if (length > 0) {
                    target.put(node.current, (int) position, length);
                }
                return length;
            }
        }

        @Override
        public void write(ByteBuffer source, long position) throws IOException {
            synchronized (NastyDisk.this) {
                check();
                requireWritable(path);
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                if (operations + 1 > crashAt) {
                    put(position, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
                }
                mutate("write " + path);
                long room = capacity - used() + Math.max(0, node.size - position);
                if (bytes.length > room) {
                    put(position, Arrays.copyOf(bytes, (int) Math.max(0, room)));
                    throw new DiskFullException("no room to write " + path);
                }
                put(position, bytes);
            }
        }

        private void put(long position, byte[] bytes) {
            node.write(position, bytes);
            node.unforced.add(new Write(position, bytes));
        }

        @Override
        public long size() throws IOException {
            synchronized (NastyDisk.this) {
                check();
                return node.size;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (NastyDisk.this) {
                check();
                requireWritable(path);
                if (size < node.size) {
                    mutate("truncate " + path);
                    node.resize((int) size);
                    node.unforced.add(new Write(size, null));
                }
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (NastyDisk.this) {
                check();
                requireWritable(path);
                mutate("force " + path);
                forces++;
                if (failForces) {
                    node.unforced.clear();
                    throw new IOException("Input/output error forcing " + path);
                }
                node.force();
            }
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
            byte[] bytes;
            synchronized (NastyDisk.this) {
                check();
                requireReadable(path);
                int length = (int) Math.max(0, Math.min(count, node.size - position));
                bytes = Arrays.copyOfRange(node.current, (int) position, (int) position + length);
            }
            return target.write(ByteBuffer.wrap(bytes));
        }

        @Override
        public void close() {
            synchronized (NastyDisk.this) {
                closed = true;
            }
        }
    }
}
