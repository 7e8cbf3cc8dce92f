package dev.millrace.broker.log;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchChecks;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.Recompression;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.producer.ProducerStates;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.jspecify.annotations.Nullable;

/**
 * What happens to batches between their arrival and the write: they are checked, stored with the topic's compression, and
 * given offsets. One for each append; the loop's own.
 */
final class BatchIntake {
    private final String log;
    private final LogConfig config;
    private final AppendOrigin origin;
    private final long nowMs;

    BatchIntake(String log, LogConfig config, AppendOrigin origin, long nowMs) {
        this.log = log;
        this.config = config;
        this.origin = origin;
        this.nowMs = nowMs;
    }

    /** Refuses what must not be in the log; stamps the append time where the topic has it. */
    void validate(ByteBuffer buffer, long logEndOffset) {
        int at = buffer.position();
        if (at == buffer.limit()) {
            throw new InvalidRecordException("no batch for " + log);
        }
        long expected = logEndOffset;
        while (at < buffer.limit()) {
            int size = BatchChecks.soundSize(buffer, at, log);
            if (origin == AppendOrigin.REPLICATION) {
                checkOffsets(buffer, at, expected);
                expected = BatchHeader.lastOffset(buffer, at) + 1;
            } else {
                validateOwn(buffer, at, size);
            }
            at += size;
        }
    }

    private void validateOwn(ByteBuffer buffer, int at, int size) {
        BatchChecks.checkSize(size, config, log);
        if (origin == AppendOrigin.CLIENT) {
            if (at + size < buffer.limit()) {
                throw new InvalidRecordException("a producer sent more than one batch for " + log);
            }
            BatchChecks.checkClientBatch(buffer, at, size, config, nowMs, log);
        }
        if (config.logAppendTime()) {
            BatchHeader.stampLogAppendTime(buffer, at, size, nowMs);
        }
    }

    private void checkOffsets(ByteBuffer buffer, int at, long expected) {
        long base = BatchHeader.baseOffset(buffer, at);
        if (base < expected || BatchHeader.lastOffsetDelta(buffer, at) < 0) {
            throw new CorruptRecordException("a batch with the offsets " + base + " to "
                    + BatchHeader.lastOffset(buffer, at) + " cannot follow offset " + (expected - 1) + " of " + log);
        }
    }

    /** The place in the log of a client's batch that is there already. */
    ProducerStates.@Nullable Duplicate checkProducers(ByteBuffer buffer, ProducerStates producers) {
        ProducerStates.Duplicate duplicate = null;
        for (int at = buffer.position(); at < buffer.limit(); at += BatchHeader.sizeInBytes(buffer, at)) {
            duplicate = producers.check(buffer, at, origin);
        }
        return duplicate;
    }

    /** The batches as the topic wants them stored, in a buffer of their own when they are not so already. */
    ByteBuffer recompress(ByteBuffer buffer) {
        return origin == AppendOrigin.REPLICATION ? buffer : Recompression.of(buffer, config, log);
    }

    /** Gives offsets and epoch to batches that have none yet; returns the first offset. */
    long stamp(ByteBuffer buffer, long logEndOffset, int leaderEpoch) {
        int first = buffer.position();
        if (origin != AppendOrigin.REPLICATION) {
            long offset = logEndOffset;
            for (int at = first; at < buffer.limit(); at += BatchHeader.sizeInBytes(buffer, at)) {
                BatchHeader.baseOffset(buffer, at, offset);
                BatchHeader.leaderEpoch(buffer, at, leaderEpoch);
                offset += BatchHeader.lastOffsetDelta(buffer, at) + 1L;
            }
        }
        return BatchHeader.baseOffset(buffer, first);
    }
}
