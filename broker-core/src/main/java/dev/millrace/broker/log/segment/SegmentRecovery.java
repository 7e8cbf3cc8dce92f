package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.log.index.IndexFile;
import dev.millrace.broker.log.index.MaxTimestamp;
import dev.millrace.broker.log.index.SegmentIndexing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out how much of a segment is whole after a crash: goes through it batch by batch from the recovery point on, checks
 * the checksums, makes the indexes anew, and cuts off what follows the last whole batch.
 */
public final class SegmentRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(SegmentRecovery.class);
    private static final int WINDOW_BYTES = 1 << 20;
    private static final int LEGACY_CRC_AT = 12;
    private static final int LEGACY_BYTES_MIN = 25;

    /**
     * What is left of the segment, and its open files.
     *
     * @param checkedFrom the batches from this position on match their checksums
     * @param removedBytes cut off at the end
     */
    public record Outcome(
            DiskFile log,
            int checkedFrom,
            int sizeInBytes,
            long nextOffset,
            long removedBytes,
            SegmentIndexing indexing) {}

    private final SegmentPlace place;
    private final long baseOffset;
    private final int indexIntervalBytes;
    private final Damage policy;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowAt;

    public SegmentRecovery(SegmentPlace place, int indexIntervalBytes, Damage policy) {
        this.policy = policy;
        this.place = place;
        this.baseOffset = place.baseOffset();
        this.indexIntervalBytes = indexIntervalBytes;
    }

    /**
     * @param recoveryPoint everything below this offset is known to be on disk
     * @param forced whether what is left must be on disk on return, even when nothing is cut off here
     */
    public Outcome recover(long recoveryPoint, boolean forced) throws IOException {
        DiskFile log = place.openLog(false);
        try {
            return recover(log, recoveryPoint, forced);
        } catch (IOException e) {
            log.close();
            throw e;
        }
    }

    private Outcome recover(DiskFile log, long recoveryPoint, boolean forced) throws IOException {
        long fileSize = log.size();
        if (fileSize > Integer.MAX_VALUE) {
            throw new LogCorruptException(log.description() + " has " + fileSize
                    + " bytes, more than a segment can have: move it away, or restore it from a copy or a replica");
        }
        SegmentIndexing indexing = null;
        int position = 0;
        if (recoveryPoint > baseOffset) {
            KnownIndexes known = openIndexes(log, recoveryPoint - baseOffset, fileSize);
            if (known != null) {
                indexing = known.indexing;
                position = known.position;
            }
        }
        if (indexing == null) {
            place.deleteIndexes();
            indexing = SegmentIndexing.of(place, indexIntervalBytes);
        }
        int checkedFrom = position;
        long nextOffset = baseOffset;
        String damage = null;
        while (position < fileSize) {
            damage = damageAt(log, position, fileSize, nextOffset);
            if (damage != null) {
                break;
            }
            int at = (int) (position - windowAt);
            int behind = position + BatchHeader.sizeInBytes(window, at);
            long next = BatchHeader.lastOffset(window, at) + 1;
            long maxTimestamp = BatchHeader.maxTimestamp(window, at);
            if (jumpsBack(log, behind, fileSize, next)) {
                // No checksum covers offsets: neither the batch in which they jump nor what follows is to be believed.
                damage = "offsets up to " + (next - 1) + " and smaller ones behind them";
                break;
            }
            indexing.onBatch(position, behind - position, next - 1, maxTimestamp);
            nextOffset = next;
            position = behind;
        }
        long removed = fileSize - position;
        if (removed > 0) {
            int whole = wholeBatchBehind(log, position, fileSize, nextOffset);
            if (whole >= 0 && policy == Damage.REFUSE) {
                throw new LogCorruptException(log.description() + " is damaged at position " + position + " (" + damage
                        + "), and a whole batch follows at position " + whole
                        + ", so it was not torn by a crash: restore"
                        + " the file from a copy, or give up what follows with: truncate -s " + position + " "
                        + log.description());
            }
            LOG.warn(
                    "file={} position={} offset={} removedBytes={} action=cut off reason={}",
                    log.description(),
                    position,
                    nextOffset,
                    removed,
                    damage);
            if (whole >= 0) {
                keep(log, position, fileSize);
            }
            log.truncate(position);
        }
        if (removed > 0 || forced) {
            // Or what was cut off comes back with the next power failure, behind what is written in its place.
            log.force();
        }
        return new Outcome(log, checkedFrom, position, nextOffset, removed, indexing);
    }

    /** Whether a batch follows whose checksum matches and whose offset does not. */
    private boolean jumpsBack(DiskFile log, int position, long fileSize, long nextOffset) throws IOException {
        if (fileSize - position < BatchHeader.RECORDS_AT) {
            return false;
        }
        load(log, position, BatchHeader.RECORDS_AT, fileSize);
        long follows = BatchHeader.baseOffset(window, (int) (position - windowAt));
        return follows < nextOffset && follows >= baseOffset && damageAt(log, position, fileSize, baseOffset) == null;
    }

    private record KnownIndexes(SegmentIndexing indexing, int position) {}

    /**
     * The indexes as far as they are known to be on disk, and the batch of their last entry, to go on from. Null when they
     * are missing or do not match the log.
     */
    private @Nullable KnownIndexes openIndexes(DiskFile log, long relativeRecoveryPoint, long fileSize)
            throws IOException {
        IndexFile offsets = IndexFile.open(IndexFile.Kind.OFFSET, place);
        IndexFile times = IndexFile.open(IndexFile.Kind.TIME, place);
        if (offsets != null && times != null) {
            IndexFile.Cursor offset = offsets.cursor();
            int entry = offset.floor(relativeRecoveryPoint - 1, IndexFile.By.KEY);
            if (entry >= 0 && matches(log, offset.key(entry), offset.value(entry), fileSize)) {
                long lastKnown = offset.key(entry);
                int position = offset.value(entry);
                offsets.truncate(entry + 1);
                IndexFile.Cursor time = times.cursor();
                int timeEntry = time.floor(lastKnown, IndexFile.By.VALUE);
                MaxTimestamp max = timeEntry < 0
                        ? MaxTimestamp.NONE
                        : new MaxTimestamp(time.key(timeEntry), baseOffset + time.value(timeEntry));
                times.truncate(timeEntry + 1);
                return new KnownIndexes(
                        new SegmentIndexing(offsets, times, baseOffset, indexIntervalBytes, max), position);
            }
        }
        if (offsets != null) {
            offsets.close();
        }
        if (times != null) {
            times.close();
        }
        return null;
    }

    private boolean matches(DiskFile log, long relativeLastOffset, int position, long fileSize) throws IOException {
        return position >= 0
                && position < fileSize
                && damageAt(log, position, fileSize, baseOffset) == null
                && BatchHeader.lastOffset(window, (int) (position - windowAt)) - baseOffset == relativeLastOffset;
    }

    /** What is wrong with the batch at {@code position}; null when it is whole, and then it is in the window. */
    private @Nullable String damageAt(DiskFile log, int position, long fileSize, long expectedOffset)
            throws IOException {
        long left = fileSize - position;
        if (position == 0 && left > LEGACY_BYTES_MIN) {
            refuseLegacy(log, left);
        }
        if (left < BatchHeader.RECORDS_AT) {
            return "cut off in the header of a batch";
        }
        load(log, position, BatchHeader.RECORDS_AT, fileSize);
        int at = (int) (position - windowAt);
        int size = BatchHeader.sizeInBytes(window, at);
        byte magic = BatchHeader.magic(window, at);
        if (magic != BatchHeader.MAGIC) {
            return "magic " + magic;
        }
        if (size < BatchHeader.RECORDS_AT || size > left) {
            return "a batch of " + size + " bytes where " + left + " are left";
        }
        load(log, position, size, fileSize);
        at = (int) (position - windowAt);
        if (!BatchHeader.isIntact(window, at, size)) {
            return "checksum does not match";
        }
        long first = BatchHeader.baseOffset(window, at);
        long last = BatchHeader.lastOffset(window, at);
        if (first < expectedOffset || last < first || last - baseOffset > Integer.MAX_VALUE) {
            return "offsets " + first + " to " + last + " where " + expectedOffset + " is next";
        }
        return null;
    }

    /** Where the first one begins behind the damage; -1 when there is none, which is what a torn write leaves. */
    private int wholeBatchBehind(DiskFile log, int damagedAt, long fileSize, long nextOffset) throws IOException {
        for (int position = damagedAt + 1; position <= fileSize - BatchHeader.RECORDS_AT; position++) {
            load(log, position, BatchHeader.RECORDS_AT, fileSize);
            int at = (int) (position - windowAt);
            int size = BatchHeader.sizeInBytes(window, at);
            if (BatchHeader.magic(window, at) == BatchHeader.MAGIC
                    && size >= BatchHeader.RECORDS_AT
                    && size <= fileSize - position
                    && BatchHeader.baseOffset(window, at) >= nextOffset
                    && BatchHeader.lastOffset(window, at) - baseOffset <= Integer.MAX_VALUE
                    && damageAt(log, position, fileSize, nextOffset) == null) {
                return position;
            }
        }
        return -1;
    }

    /** Somebody may want to have a look at what is cut off. */
    private void keep(DiskFile log, int from, long fileSize) throws IOException {
        String aside = place.path(LogFileNames.DAMAGED + from);
        try (DiskFile to = place.disk().open(aside, true)) {
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(WINDOW_BYTES, fileSize - from));
            for (long at = from; at < fileSize; at += buffer.limit()) {
                buffer.clear();
                log.read(buffer, at);
                to.write(buffer.flip(), at - from);
            }
            LOG.warn("file={} action=kept what was cut off, for whoever can use it", to.description());
        } catch (DiskFullException e) {
            LOG.warn("file={} action=not kept reason={}", place.disk().describe(aside), e.getMessage());
            place.disk().delete(aside);
        }
    }

    /** A log of the old message format is not damaged, so it must not be cut off. */
    private void refuseLegacy(DiskFile log, long left) throws IOException {
        load(log, 0, LEGACY_BYTES_MIN, left);
        int size = BatchHeader.sizeInBytes(window, 0);
        byte magic = BatchHeader.magic(window, 0);
        if ((magic != 0 && magic != 1) || size <= LEGACY_BYTES_MIN || size > left) {
            return;
        }
        load(log, 0, size, left);
        CRC32 crc = new CRC32();
        crc.update(window.array(), BatchHeader.MAGIC_AT, size - BatchHeader.MAGIC_AT);
        if ((int) crc.getValue() == window.getInt(LEGACY_CRC_AT)) {
            throw new LogCorruptException(
                    log.description()
                            + " holds records of a message format before v2, which is not supported:"
                            + " let Apache Kafka 3 rewrite the topic with message.format.version 3.0, or move the directory away");
        }
    }

    private void load(DiskFile log, long position, int bytes, long fileSize) throws IOException {
        if (position >= windowAt && position - windowAt + bytes <= window.limit()) {
            return;
        }
        if (window.capacity() < bytes) {
            window = ByteBuffer.allocate((int) Math.max(bytes, Math.min(WINDOW_BYTES, fileSize)));
        }
        window.clear();
        log.read(window, position);
        window.flip();
        windowAt = position;
        if (window.limit() < bytes) {
            throw new IOException(log.description() + " is getting shorter while it is read");
        }
    }
}
