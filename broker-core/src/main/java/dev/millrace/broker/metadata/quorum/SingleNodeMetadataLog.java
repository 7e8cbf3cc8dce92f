package dev.millrace.broker.metadata.quorum;

import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.config.Damage;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The metadata log of a cluster of one: a log like any other, whose entries count as committed once they are forced to the
 * disk. Entries that come in while the disk is busy share the next force. On the metadata loop; the force is the disk
 * pool's.
 */
public final class SingleNodeMetadataLog implements MetadataLog {

    private static final Logger LOG = LoggerFactory.getLogger(SingleNodeMetadataLog.class);

    /** Where the log lies in metadata.log.dir, as Kafka has it. */
    public static final String DIRECTORY = "__cluster_metadata-0";

    private static final int SEGMENT_BYTES = 64 << 20;
    private static final int ENTRY_BYTES_MAX = 32 << 20;
    private static final int BATCH_BYTES_MAX = 1 << 20;

    /** An entry that goes with the next write. */
    private record Waiting(MetadataEntry entry, byte[] bytes) {}

    private final Loop loop;
    private final Executor diskPool;
    private final Disk disk;
    private final PartitionLog log;
    private final String description;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final List<MetadataEntry> unforced = new ArrayList<>();
    private @Nullable Listener listener;
    private boolean closed;
    private int epoch;
    private @Nullable IOException failure;

    /** Set when the latest write found no room: its entries are dropped, and later ones may be written. */
    private @Nullable DiskFullException full;

    private boolean toldOfFullDisk;

    private SingleNodeMetadataLog(Loop loop, Executor diskPool, Disk disk, PartitionLog log) {
        this.loop = loop;
        this.diskPool = diskPool;
        this.disk = disk;
        this.log = log;
        this.description = disk.describe(DIRECTORY);
    }

    /**
     * Opens the log, creating it when it is not there. Blocks on the disk; any thread.
     *
     * @param disk metadata.log.dir
     * @throws IOException when it can't be opened; names the directory
     */
    public static SingleNodeMetadataLog open(Disk disk, Loop loop, Executor diskPool) throws IOException {
        LogConfig config = LogConfig.unlimited(SEGMENT_BYTES, ENTRY_BYTES_MAX);
        PartitionLog log = PartitionLog.open(disk, DIRECTORY, config, loop.nowMs(), Damage.REFUSE);
        return new SingleNodeMetadataLog(loop, diskPool, disk, log);
    }

    @Override
    public void start(Listener newListener) throws IOException {
        listener = newListener;
        try {
            log.replay(log.logStartOffset(), batch -> deliver(newListener, batch));
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        epoch = log.latestEpoch().orElse(-1) + 1;
        newListener.onLeading(epoch);
    }

    private void deliver(Listener to, ReplayedBatch batch) {
        for (ReplayedBatch.KeyValue record : batch.records()) {
            to.onCommitted(decode(record));
        }
        if (batch.marker() != null) {
            throw foreign(new IOException("it was not written by Millrace"));
        }
    }

    private MetadataEntry decode(ReplayedBatch.KeyValue record) {
        try {
            ByteBuffer value = record.value();
            if (value == null) {
                throw new IOException("the record at offset " + record.offset() + " is empty");
            }
            return MetadataEventCodec.decode(value.slice());
        } catch (IOException e) {
            throw foreign(e);
        }
    }

    private UncheckedIOException foreign(IOException cause) {
        return new UncheckedIOException(new IOException(
                "The metadata log in " + description + " can't be read: " + cause.getMessage()
                        + ". Point log.dirs at another directory, or restore this one.",
                cause));
    }

    @Override
    public void append(MetadataEntry entry) {
        if (failure != null || closed) {
            throw unavailable();
        }
        waiting.addLast(new Waiting(entry, MetadataEventCodec.encode(entry)));
        maybeWrite();
        if (failure != null) {
            throw unavailable();
        }
        DiskFullException noRoom = full;
        if (noRoom != null) {
            full = null;
            throw new KafkaStorageException(
                    "The disk of the metadata log in " + description + " is full: " + noRoom.getMessage(), noRoom);
        }
    }

    private ApiException unavailable() {
        return new KafkaStorageException("The metadata log in " + description + " is not available.", failure);
    }

    /**
     * One batch is on its way to the disk at a time: a crash leaves it torn at the end of the log or not at all, so damage
     * before a whole batch is never a crash's.
     */
    private void maybeWrite() {
        if (!unforced.isEmpty() || waiting.isEmpty()) {
            return;
        }
        int term = waiting.getFirst().entry.controllerEpoch();
        List<BatchBuilder.KeyValue> records = new ArrayList<>();
        for (long bytes = 0; !waiting.isEmpty(); ) {
            Waiting next = waiting.getFirst();
            bytes += next.bytes.length;
            if (next.entry.controllerEpoch() != term || (bytes > BATCH_BYTES_MAX && !records.isEmpty())) {
                break;
            }
            records.add(new BatchBuilder.KeyValue(null, next.bytes));
            unforced.add(waiting.removeFirst().entry);
        }
        try {
            log.append(BatchBuilder.batch(records, loop.nowMs()), AppendOrigin.COORDINATOR, term, loop.nowMs());
        } catch (DiskFullException e) {
            unforced.clear();
            waiting.clear();
            full = e;
            tellOfFullDisk(e);
            return;
        } catch (IOException e) {
            fail(e);
            return;
        }
        if (toldOfFullDisk) {
            toldOfFullDisk = false;
            LOG.info("room again directory={}", description);
        }
        diskPool.execute(() -> {
            try {
                force();
                loop.execute(this::onForced);
            } catch (IOException e) {
                loop.execute(() -> fail(e));
            }
        });
    }

    private void force() throws IOException {
        try {
            log.flush();
        } catch (DiskFullException e) {
            // There was no room for a checkpoint; the entries are on the disk.
            LOG.debug("no room for a checkpoint directory={}", description, e);
        }
        if (!disk.exists(DIRECTORY)) {
            // Files that are open outlive their directory, and what is forced into them is gone with the process.
            throw new IOException(description + " is gone");
        }
    }

    private void tellOfFullDisk(DiskFullException cause) {
        if (!toldOfFullDisk) {
            toldOfFullDisk = true;
            LOG.warn(
                    "disk full directory={} error={} action=refuse changes of the metadata until there is room",
                    description,
                    cause.getMessage());
        }
    }

    private void onForced() {
        List<MetadataEntry> forced = List.copyOf(unforced);
        unforced.clear();
        for (MetadataEntry entry : forced) {
            if (failure == null) {
                Objects.requireNonNull(listener).onCommitted(entry);
            }
        }
        if (failure == null) {
            maybeWrite();
            if (full != null) {
                takeBack();
            }
        }
    }

    /** What was decided on entries that found no room is undone as after a lost election, and the next term begins. */
    private void takeBack() {
        full = null;
        Listener told = Objects.requireNonNull(listener);
        told.onResigned();
        epoch++;
        told.onLeading(epoch);
    }

    private void fail(IOException cause) {
        if (failure == null) {
            failure = cause;
            unforced.clear();
            waiting.clear();
            Objects.requireNonNull(listener).onFailed(cause);
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            try {
                log.close();
            } catch (DiskFullException e) {
                LOG.warn(
                        "metadata log closed without a mark for want of room directory={} action=recover it at the next"
                                + " start error={}",
                        description,
                        e.getMessage());
            }
        }
    }
}
