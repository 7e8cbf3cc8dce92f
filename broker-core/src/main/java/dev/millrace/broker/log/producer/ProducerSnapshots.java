package dev.millrace.broker.log.producer;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.directory.WholeFile;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import org.apache.kafka.common.utils.Crc32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code .snapshot} files of a log: the producers as they were at an offset, so that recovery need not go through the
 * whole log. Version 1 of Apache Kafka's format, which has the latest batch of each producer. The ones before it follow
 * behind, where Kafka does not look: a producer has up to five on their way, and when the broker goes away before it has
 * answered them, they come again and must be known. Each file is whole or is found out by its checksum and ignored. The loop's
 * own.
 */
public final class ProducerSnapshots {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshots.class);
    private static final short VERSION = 1;
    private static final int CRC_AT = Short.BYTES;
    private static final int ENTRIES_AT = CRC_AT + Integer.BYTES;
    private static final int ENTRY_BYTES = 4 * Long.BYTES + 3 * Integer.BYTES + Short.BYTES;
    private static final int EARLIER_BATCH_BYTES = 2 * Long.BYTES + 2 * Integer.BYTES;

    private final Disk disk;
    private final String directory;
    private final TreeSet<Long> offsets = new TreeSet<>();

    public ProducerSnapshots(Disk disk, String directory) {
        this.disk = disk;
        this.directory = directory;
    }

    /** There is a file for this offset. */
    public void found(long offset) {
        offsets.add(offset);
    }

    /** Brings the latest whole snapshot up to {@code offset} into {@code states}; returns its offset, -1 without one. */
    public long restore(long offset, ProducerStates states) throws IOException {
        Long candidate = offsets.floor(offset);
        while (candidate != null) {
            List<ProducerState> read = read(candidate);
            if (read != null) {
                states.clear();
                read.forEach(states::restore);
                return candidate;
            }
            delete(candidate);
            candidate = offsets.floor(offset);
        }
        return -1;
    }

    private @Nullable List<ProducerState> read(long offset) throws IOException {
        ByteBuffer content = WholeFile.read(disk, path(offset));
        try {
            if (content == null
                    || content.getShort() != VERSION
                    || (content.getInt() & 0xFFFF_FFFFL) != Crc32C.compute(content, 0, content.remaining())) {
                LOG.warn("file={} action=ignore reason=checksum does not match", disk.describe(path(offset)));
                return null;
            }
            List<ProducerState> states = new ArrayList<>();
            for (int left = content.getInt(); left > 0; left--) {
                states.add(readState(content));
            }
            if (content.hasRemaining()) {
                states.forEach(state -> readEarlierBatches(content, state));
            }
            return states;
        } catch (BufferUnderflowException e) {
            LOG.warn("file={} action=ignore reason=cut off", disk.describe(path(offset)));
            return null;
        }
    }

    private static ProducerState readState(ByteBuffer content) {
        ProducerState state = new ProducerState(content.getLong());
        short epoch = content.getShort();
        int lastSequence = content.getInt();
        long lastOffset = content.getLong();
        int offsetDelta = content.getInt();
        long timestamp = content.getLong();
        int coordinatorEpoch = content.getInt();
        long transactionStart = content.getLong();
        state.onMarker(epoch, coordinatorEpoch, timestamp);
        if (lastOffset >= 0) {
            state.onBatch(epoch, lastSequence, lastOffset, offsetDelta, timestamp);
        }
        if (transactionStart >= 0) {
            state.onTransactionStart(transactionStart);
        }
        return state;
    }

    private static void readEarlierBatches(ByteBuffer content, ProducerState state) {
        for (byte left = content.get(); left > 0; left--) {
            state.addEarlierBatch(content.getInt(), content.getLong(), content.getInt(), content.getLong());
        }
    }

    private static void writeEarlierBatches(ByteBuffer content, ProducerState state) {
        content.put((byte) state.earlierBatches());
        state.visitEarlierBatches((lastSequence, lastOffset, offsetDelta, timestamp) -> content.putInt(lastSequence)
                .putLong(lastOffset)
                .putInt(offsetDelta)
                .putLong(timestamp));
    }

    /** Written, not forced: a snapshot that a power failure destroys costs time, not data. */
    public void write(long offset, Collection<ProducerState> states) throws IOException {
        int bytes = ENTRIES_AT + Integer.BYTES;
        for (ProducerState state : states) {
            bytes += ENTRY_BYTES + 1 + state.earlierBatches() * EARLIER_BATCH_BYTES;
        }
        ByteBuffer content = ByteBuffer.allocate(bytes);
        content.putShort(VERSION).putInt(0).putInt(states.size());
        for (ProducerState state : states) {
            content.putLong(state.producerId())
                    .putShort(state.epoch())
                    .putInt(state.lastSequence())
                    .putLong(state.lastDataOffset())
                    .putInt(state.lastOffsetDelta())
                    .putLong(state.lastTimestamp())
                    .putInt(state.coordinatorEpoch())
                    .putLong(state.transactionStart());
        }
        states.forEach(state -> writeEarlierBatches(content, state));
        content.flip();
        content.putInt(CRC_AT, (int) Crc32C.compute(content, ENTRIES_AT, content.limit() - ENTRIES_AT));
        WholeFile.writeUnforced(disk, path(offset), content);
        offsets.add(offset);
    }

    /** Deletes those after the offset: the log ends there now. Returns whether there were any. */
    public boolean deleteAfter(long offset) throws IOException {
        List<Long> later = List.copyOf(offsets.tailSet(offset, false));
        for (Long doomed : later) {
            delete(doomed);
        }
        return !later.isEmpty();
    }

    /** Deletes those before the offset: nothing is recovered from there any more. */
    public void deleteBefore(long offset) throws IOException {
        for (Long earlier : List.copyOf(offsets.headSet(offset, false))) {
            delete(earlier);
        }
    }

    /** Deletes those that belong to no segment, which a clean shutdown leaves once the log goes on. */
    public void keepOnly(Segments segments) throws IOException {
        for (Long offset : List.copyOf(offsets)) {
            if (segments.get(segments.floorIndex(offset)).baseOffset() != offset) {
                delete(offset);
            }
        }
    }

    private void delete(long offset) throws IOException {
        disk.delete(path(offset));
        offsets.remove(offset);
    }

    private String path(long offset) {
        return SegmentPlace.path(directory, offset, LogFileNames.SNAPSHOT);
    }
}
