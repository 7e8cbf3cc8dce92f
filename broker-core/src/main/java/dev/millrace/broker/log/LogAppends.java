package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.EndMarker;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.index.AbortedTransactions;
import dev.millrace.broker.log.producer.ProducerStates;
import dev.millrace.broker.log.segment.Rolling;
import dev.millrace.broker.log.segment.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The writing end of a log: batches go to the active segment, and what follows from them into indexes and states. Loop only. */
final class LogAppends {
    private static final Logger LOG = LoggerFactory.getLogger(LogAppends.class);

    private final LogState log;

    LogAppends(LogState log) {
        this.log = log;
    }

    /** As {@link PartitionLog#append}. */
    AppendResult append(ByteBuffer batches, AppendOrigin origin, int leaderEpoch, long nowMs) throws IOException {
        log.ensureWritable();
        LogConfig config = log.config;
        BatchIntake intake = new BatchIntake(log.directory, config, origin, nowMs);
        ByteBuffer received = batches.duplicate().order(ByteOrder.BIG_ENDIAN);
        intake.validate(received, log.logEndOffset);
        ProducerStates.Duplicate duplicate = intake.checkProducers(received, log.producers);
        if (duplicate != null) {
            return new AppendResult(
                    duplicate.firstOffset(), duplicate.lastOffset(), duplicate.timestampMs(), log.logStartOffset, true);
        }
        ByteBuffer buffer = intake.recompress(received);
        long first = intake.stamp(buffer, log.logEndOffset, leaderEpoch);
        log.clearMark();
        write(buffer);
        log.maybeExpireProducers(nowMs);
        long appendTimeMs =
                config.logAppendTime() && origin != AppendOrigin.REPLICATION ? nowMs : BatchHeader.NO_TIMESTAMP;
        return new AppendResult(first, log.logEndOffset - 1, appendTimeMs, log.logStartOffset, false);
    }

    private void write(ByteBuffer buffer) throws IOException {
        int from = buffer.position();
        int end = buffer.limit();
        if (end - from <= log.config.segmentBytes()) {
            writeRun(buffer);
            return;
        }
        // A follower takes what fits into its fetch, which may be more than a segment: batch by batch then.
        for (int at = from; at < end; at += BatchHeader.sizeInBytes(buffer, at)) {
            buffer.limit(at + BatchHeader.sizeInBytes(buffer, at)).position(at);
            writeRun(buffer);
            buffer.limit(end);
        }
    }

    private void writeRun(ByteBuffer buffer) throws IOException {
        int from = buffer.position();
        int end = buffer.limit();
        try {
            if (!log.segments.active().isSoundAt(log.logEndOffset)) {
                LOG.warn(
                        "file={} action=append to a new segment reason=its end is damaged",
                        log.segments.active().description());
                roll(log.logEndOffset);
            }
            if (Rolling.isDue(log.segments.active(), buffer, log.config, log.directory)) {
                roll(Rolling.nextBaseOffset(buffer, log.logEndOffset));
            }
            Segment active = log.segments.active();
            boolean makesFile = active.sizeInBytes() == 0;
            writeOrCut(active, buffer);
            if (makesFile) {
                int made = log.filesMade;
                log.filesMade = made + 1;
            }
            for (int at = from; at < end; at += BatchHeader.sizeInBytes(buffer, at)) {
                publish(active, buffer, at);
            }
        } catch (DiskFullException e) {
            throw e;
        } catch (IOException e) {
            log.fail(e);
            throw e;
        }
    }

    private void writeOrCut(Segment active, ByteBuffer buffer) throws IOException {
        try {
            active.write(buffer);
        } catch (IOException e) {
            try {
                active.cutUnpublished();
            } catch (IOException cutting) {
                e.addSuppressed(cutting);
                log.fail(e);
            }
            throw e;
        }
    }

    private void publish(Segment active, ByteBuffer buffer, int at) throws IOException {
        long lastOffset = BatchHeader.lastOffset(buffer, at);
        log.epochs.assign(BatchHeader.leaderEpoch(buffer, at), BatchHeader.baseOffset(buffer, at));
        active.publish(BatchHeader.sizeInBytes(buffer, at), lastOffset, BatchHeader.maxTimestamp(buffer, at));
        if (BatchHeader.producerId(buffer, at) != BatchHeader.NO_PRODUCER_ID) {
            EndMarker marker = BatchHeader.isControl(buffer, at) ? EndMarker.read(buffer, at) : null;
            AbortedTransactions.Entry aborted = log.producers.apply(buffer, at, marker);
            if (aborted != null) {
                active.aborted().add(aborted);
            }
        }
        long appendedBefore = log.appendedBytes;
        log.appendedBytes = appendedBefore + BatchHeader.sizeInBytes(buffer, at);
        log.logEndOffset = lastOffset + 1; // last: whoever sees it sees all of the above
    }

    /** Another segment takes the appends from now on. */
    void roll(long baseOffset) throws IOException {
        Segment active = log.segments.active();
        Segment next = log.emptySegment(baseOffset);
        if (active.sizeInBytes() == 0) {
            active.delete();
            log.change(now -> now.replacingFrom(now.size() - 1, next));
            return;
        }
        active.seal();
        log.snapshots.write(baseOffset, log.producers.all());
        log.change(now -> now.with(next));
    }
}
