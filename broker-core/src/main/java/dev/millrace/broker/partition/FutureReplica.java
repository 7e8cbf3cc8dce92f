package dev.millrace.broker.partition;

import dev.millrace.broker.log.LogCopy;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.disk.RenamedDirectory;
import dev.millrace.broker.partition.LogDirectories.Place;
import java.io.IOException;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * The copy of a partition's log that is made in another of log.dirs, as files: {@code topic-partition.number-future}. It takes
 * the place of the present one by one rename, so that at no time there are none or two of them:
 *
 * <pre>
 *   copy, flush ─▶ mark beside the present one ─▶ rename the future one ─▶ sync ─▶ rename the present one to -delete ─▶ unmark
 * </pre>
 *
 * After a crash the mark tells which of two directories is the older. Blocks on the disks; one thread at a time.
 */
final class FutureReplica {

    private final Place place;
    private final Disk source;
    private final RenamedDirectory directory;
    private final LogCopy copy;
    private boolean marked;

    private FutureReplica(Place place, Disk source, RenamedDirectory directory, LogCopy copy) {
        this.place = place;
        this.source = source;
        this.directory = directory;
        this.copy = copy;
    }

    /** Opens what is there, or makes it. As {@link LogCopy#open}. */
    static FutureReplica open(
            Place place, Disk source, TopicIdPartition id, PartitionLog log, long sourceEnd, long nowMs)
            throws IOException {
        make(place, id);
        RenamedDirectory directory = new RenamedDirectory(place.disk(), DirectoryNames.of(id), place.directory());
        return new FutureReplica(
                place, source, directory, LogCopy.open(directory, DirectoryNames.of(id), log, sourceEnd, nowMs));
    }

    /** Makes the directory. One of another topic of the same name goes: it is a copy only. */
    static void make(Place place, TopicIdPartition id) throws IOException {
        if (place.disk().exists(place.directory())) {
            Uuid owner = new TopicIdFile(place.disk(), place.directory()).read();
            if (owner != null && !owner.equals(id.topicId())) {
                LogDirectories.delete(place);
            }
        }
        LogDirectories.prepare(place, id);
    }

    LogCopy copy() {
        return copy;
    }

    /** Has everything that was copied so far forced, and the source marked, so that only the rename is left to do. */
    void prepareSwap() throws IOException {
        copy.log().flush();
        if (!marked) {
            source.open(mark(), true).close();
            source.syncDirectory("");
            marked = true;
        }
    }

    /** Whether {@link #swap} may be called. On the partition's loop. */
    boolean isReady() {
        return marked && copy.isComplete();
    }

    /** The future replica is the partition's from now on. On the partition's loop. */
    PartitionLog swap() throws IOException {
        directory.settle();
        copy.log().onRenamed(copy.source().forcedEnd());
        return copy.log();
    }

    /** The rename has failed, or so it seems: whatever comes of it, the source goes on as the partition's. */
    void revokeSwap() throws IOException {
        source.delete(mark());
        source.syncDirectory("");
        marked = false;
    }

    /** The present one goes, once the rename is durable. */
    void finishSwap(PartitionLog replaced, Executor remover) throws IOException {
        place.disk().syncDirectory("");
        replaced.delete(remover);
        source.syncDirectory("");
        source.delete(mark());
    }

    /** The copy is of no use any more. */
    void delete(Executor remover) throws IOException {
        if (marked) {
            revokeSwap();
        }
        copy.log().delete(remover);
    }

    private String mark() {
        return DirectoryNames.movingOf(place.directory());
    }
}
