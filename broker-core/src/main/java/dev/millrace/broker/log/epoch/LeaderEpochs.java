package dev.millrace.broker.log.epoch;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where each leader epoch begins (KIP-101), in memory and in {@code leader-epoch-checkpoint}, whose format is Apache
 * Kafka's. The file may lag behind: recovery learns of later epochs from the batches. The loop changes it, any thread reads.
 */
public final class LeaderEpochs {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderEpochs.class);
    private static final String VERSION = "0";
    private static final Entry[] NONE = {};

    /** Of a reader that knows of none. Any other, below 0 too, is before or after those that are known. */
    private static final int NO_EPOCH = -1;

    private record Entry(int epoch, long startOffset) {}

    private final Disk disk;
    private final String path;
    private volatile Entry[] entries = NONE;
    private volatile Entry @Nullable [] stored;

    public LeaderEpochs(Disk disk, String directory) {
        this.disk = disk;
        this.path = directory + '/' + LogFileNames.LEADER_EPOCHS;
    }

    /** False when there is no file or it makes no sense: then the epochs can be learned from the batches. */
    public boolean load() throws IOException {
        ByteBuffer content = WholeFile.read(disk, path);
        if (content == null) {
            return false;
        }
        String text = StandardCharsets.UTF_8.decode(content).toString();
        try {
            entries = parse(text.lines().toArray(String[]::new));
            stored = entries;
            return true;
        } catch (IllegalArgumentException e) {
            LOG.warn("file={} action=make anew reason={}", disk.describe(path), e.getMessage());
            return false;
        }
    }

    private static Entry[] parse(String[] lines) {
        if (lines.length < 2 || !lines[0].equals(VERSION)) {
            throw new IllegalArgumentException("unknown version");
        }
        if (Integer.parseInt(lines[1]) != lines.length - 2) {
            throw new IllegalArgumentException(lines[1] + " entries announced, " + (lines.length - 2) + " there");
        }
        Entry[] parsed = new Entry[lines.length - 2];
        for (int i = 0; i < parsed.length; i++) {
            String line = lines[i + 2];
            int space = line.indexOf(' ');
            if (space < 0) {
                throw new IllegalArgumentException("no offset in line " + (i + 3));
            }
            parsed[i] =
                    new Entry(Integer.parseInt(line, 0, space, 10), Long.parseLong(line, space + 1, line.length(), 10));
            if (i > 0
                    && (parsed[i].epoch <= parsed[i - 1].epoch || parsed[i].startOffset < parsed[i - 1].startOffset)) {
                throw new IllegalArgumentException("line " + (i + 3) + " is out of order");
            }
        }
        return parsed;
    }

    /**
     * Does nothing when the file is up to date.
     *
     * @param forced durable, once the directory is synced; otherwise a power failure may leave anything
     */
    public synchronized void store(boolean forced) throws IOException {
        Entry[] now = entries;
        if (now == stored) {
            return;
        }
        ByteBuffer content = StandardCharsets.UTF_8.encode(text(now));
        if (forced) {
            WholeFile.write(disk, path, content);
        } else {
            WholeFile.writeUnforced(disk, path, content);
        }
        stored = now;
    }

    /** Of all epochs and where they begin: the file's format has no place for one. */
    public long checksum() {
        CRC32C crc = new CRC32C();
        crc.update(text(entries).getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static String text(Entry[] entries) {
        StringBuilder text =
                new StringBuilder(VERSION).append('\n').append(entries.length).append('\n');
        for (Entry entry : entries) {
            text.append(entry.epoch).append(' ').append(entry.startOffset).append('\n');
        }
        return text.toString();
    }

    /** Somebody who knows better. */
    public interface EpochCheck {
        boolean holds(int epoch, long startOffset) throws IOException;
    }

    public boolean hold(EpochCheck check) throws IOException {
        for (Entry entry : entries) {
            if (!check.holds(entry.epoch, entry.startOffset)) {
                LOG.warn(
                        "file={} epoch={} action=make anew reason=the log says otherwise",
                        disk.describe(path),
                        entry.epoch);
                return false;
            }
        }
        return true;
    }

    /** A batch of this epoch begins at the offset. */
    public void assign(int epoch, long offset) {
        Entry[] now = entries;
        if (epoch < 0 || (now.length > 0 && now[now.length - 1].epoch >= epoch)) {
            return;
        }
        // An epoch that got no record makes place for the one that did.
        int keep = now.length;
        while (keep > 0 && now[keep - 1].startOffset >= offset) {
            keep--;
        }
        Entry[] more = Arrays.copyOf(now, keep + 1);
        more[keep] = new Entry(epoch, offset);
        entries = more;
    }

    /** Forgets the epochs that begin at {@code offset} or later. */
    public void truncateFromEnd(long offset) {
        Entry[] now = entries;
        int keep = now.length;
        while (keep > 0 && now[keep - 1].startOffset >= offset) {
            keep--;
        }
        if (keep < now.length) {
            entries = Arrays.copyOf(now, keep);
        }
    }

    /** Forgets the epochs that end at {@code offset} or before; the one that holds it begins there now. */
    public void truncateFromStart(long offset) {
        Entry[] now = entries;
        int first = floorByOffset(now, offset);
        if (first < 0 || (first == 0 && now[0].startOffset == offset)) {
            return;
        }
        Entry[] rest = Arrays.copyOfRange(now, first, now.length);
        rest[0] = new Entry(rest[0].epoch, offset);
        entries = rest;
    }

    public void clear() {
        entries = NONE;
    }

    public OptionalInt latest() {
        Entry[] now = entries;
        return now.length == 0 ? OptionalInt.empty() : OptionalInt.of(now[now.length - 1].epoch);
    }

    public OptionalInt epochAt(long offset) {
        Entry[] now = entries;
        int index = floorByOffset(now, offset);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(now[index].epoch);
    }

    private static int floorByOffset(Entry[] now, long offset) {
        int index = now.length - 1;
        while (index >= 0 && now[index].startOffset > offset) {
            index--;
        }
        return index;
    }

    /**
     * The largest epoch up to {@code requested} and where it ends. An epoch before all that are known ends where the first
     * known one begins; of one after them nothing is known.
     */
    public Optional<EpochEndOffset> endOffset(int requested, long logEndOffset) {
        Entry[] now = entries;
        if (requested == NO_EPOCH || now.length == 0 || requested > now[now.length - 1].epoch) {
            return Optional.empty();
        }
        if (requested == now[now.length - 1].epoch) {
            return Optional.of(new EpochEndOffset(requested, logEndOffset));
        }
        int higher = 0;
        while (now[higher].epoch <= requested) {
            higher++;
        }
        int epoch = higher == 0 ? requested : now[higher - 1].epoch;
        return Optional.of(new EpochEndOffset(epoch, now[higher].startOffset));
    }
}
