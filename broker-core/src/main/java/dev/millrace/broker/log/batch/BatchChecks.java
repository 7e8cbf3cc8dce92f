package dev.millrace.broker.log.batch;

import dev.millrace.broker.log.config.LogConfig;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;

/**
 * What a batch must be like to be appended. The header is read in place; the records of a client's batch are walked over,
 * because a batch that no consumer can decode would block every one of them. Stateless but for buffers; any thread.
 */
public final class BatchChecks {
    private static final ThreadLocal<RecordWalk> WALKS = ThreadLocal.withInitial(RecordWalk::new);
    private static final int COMPRESSION_TYPES = 5;

    private BatchChecks() {}

    /**
     * The size of the batch at {@code at}, once its header and checksum are known to be sound.
     *
     * @throws CorruptRecordException when they are not
     * @throws UnsupportedForMessageFormatException when the batch is of a format before v2
     */
    public static int soundSize(ByteBuffer buffer, int at, String log) {
        int remaining = buffer.limit() - at;
        if (remaining <= BatchHeader.MAGIC_AT) {
            throw new CorruptRecordException(
                    "the batches for " + log + " end with " + remaining + " bytes that are no batch");
        }
        byte magic = BatchHeader.magic(buffer, at);
        if (magic == 0 || magic == 1) {
            throw new UnsupportedForMessageFormatException("message format v" + magic
                    + " is not supported, only v2: the client that writes to " + log
                    + " is older than Apache Kafka 0.11, use a newer one");
        }
        if (magic != BatchHeader.MAGIC) {
            throw new CorruptRecordException("a batch for " + log + " has the unknown magic " + magic);
        }
        int size = BatchHeader.sizeInBytes(buffer, at);
        if (size < BatchHeader.RECORDS_AT || size > remaining) {
            throw new CorruptRecordException(
                    "a batch for " + log + " claims " + size + " bytes, there are " + remaining);
        }
        if (!BatchHeader.isIntact(buffer, at, size)) {
            throw new CorruptRecordException("a batch for " + log + " does not match its checksum");
        }
        return size;
    }

    /** What every leader checks, for whoever writes. */
    public static void checkSize(int size, LogConfig config, String log) {
        if (size > config.maxMessageBytes()) {
            throw new RecordTooLargeException("a batch for " + log + " has " + size
                    + " bytes, which is more than max.message.bytes = " + config.maxMessageBytes());
        }
        if (size > config.segmentBytes()) {
            throw new RecordBatchTooLargeException("a batch for " + log + " has " + size
                    + " bytes, which is more than segment.bytes = " + config.segmentBytes());
        }
    }

    /** What a client's batch must be like, beyond that. Corrects a wrong max timestamp in place. */
    public static void checkClientBatch(ByteBuffer buffer, int at, int size, LogConfig config, long nowMs, String log) {
        if (BatchHeader.baseOffset(buffer, at) != 0) {
            throw new InvalidRecordException(
                    "the base offset of a batch for " + log + " must be 0, not " + BatchHeader.baseOffset(buffer, at));
        }
        int count = BatchHeader.count(buffer, at);
        if (count <= 0 || BatchHeader.lastOffsetDelta(buffer, at) != count - 1) {
            throw new InvalidRecordException("a batch for " + log + " has " + count
                    + " records and the last offset delta " + BatchHeader.lastOffsetDelta(buffer, at));
        }
        if (BatchHeader.isControl(buffer, at)) {
            throw new InvalidRecordException("clients may not write control records, to " + log);
        }
        if (BatchHeader.hasDeleteHorizon(buffer, at)) {
            throw new InvalidRecordException("clients may not set a delete horizon, in a batch for " + log);
        }
        if (BatchHeader.producerId(buffer, at) != BatchHeader.NO_PRODUCER_ID) {
            if (BatchHeader.baseSequence(buffer, at) < 0) {
                throw new InvalidRecordException("a batch for " + log + " of producer "
                        + BatchHeader.producerId(buffer, at) + " has the sequence number "
                        + BatchHeader.baseSequence(buffer, at));
            }
        } else if (BatchHeader.isTransactional(buffer, at)) {
            throw new InvalidRecordException("a transactional batch for " + log + " has no producer id");
        }
        if (BatchHeader.compression(buffer, at) >= COMPRESSION_TYPES) {
            throw new UnsupportedCompressionTypeException(
                    "a batch for " + log + " has the unknown compression type " + BatchHeader.compression(buffer, at));
        }
        if (BatchHeader.isLogAppendTime(buffer, at)) {
            throw new RecordErrors.InvalidTimestamps(
                    "producers may not set the timestamp type LogAppendTime, in a batch for " + log, List.of());
        }
        checkRecords(buffer, at, size, config, nowMs, log);
    }

    private static void checkRecords(ByteBuffer buffer, int at, int size, LogConfig config, long nowMs, String log) {
        RecordWalk walk = WALKS.get();
        walk.begin(buffer, at, size, ExpansionLimit.bytesMax(config, BatchHeader.compression(buffer, at)));
        try {
            int count = BatchHeader.count(buffer, at);
            long baseTimestamp = BatchHeader.baseTimestamp(buffer, at);
            long maxTimestamp = BatchHeader.NO_TIMESTAMP;
            boolean allInOrder = true;
            boolean allHaveKeys = true;
            boolean allInTime = true;
            for (int i = 0; i < count; i++) {
                walk.next();
                long timestamp = baseTimestamp + walk.timestampDelta();
                maxTimestamp = Math.max(maxTimestamp, timestamp);
                allInOrder &= walk.offsetDelta() == i;
                allHaveKeys &= walk.hasKey();
                allInTime &= isInTime(timestamp, config, nowMs);
            }
            checkUncompressed(walk, buffer, at, config, log);
            if (walk.hasMore()) {
                throw new InvalidRecordException(
                        "a batch for " + log + " has more than the " + count + " records that its header names");
            }
            if (!allInOrder) {
                throw new InvalidRecordException(
                        "the offsets of the records in a batch for " + log + " are not consecutive");
            }
            if ((config.compact() && !allHaveKeys) || (!config.logAppendTime() && !allInTime)) {
                throw refusal(walk, buffer, at, size, config, nowMs, log);
            }
            if (maxTimestamp != BatchHeader.maxTimestamp(buffer, at)) {
                BatchHeader.stampMaxTimestamp(buffer, at, size, maxTimestamp);
            }
        } finally {
            walk.end();
        }
    }

    /** Before it is written into memory, not after: by then it may be a hundred times as much. */
    private static void checkUncompressed(RecordWalk walk, ByteBuffer buffer, int at, LogConfig config, String log) {
        if (config.compression().isNone()
                && BatchHeader.compression(buffer, at) != 0
                && BatchHeader.RECORDS_AT + walk.consumed() > config.maxMessageBytes()) {
            throw new RecordTooLargeException(
                    "a batch for " + log + ", uncompressed as compression.type says, has more than max.message.bytes = "
                            + config.maxMessageBytes());
        }
    }

    private static boolean isInTime(long timestampMs, LogConfig config, long nowMs) {
        if (timestampMs == BatchHeader.NO_TIMESTAMP) {
            return true;
        }
        long ageMs = nowMs - timestampMs;
        return ageMs <= config.timestampBeforeMaxMs() && -ageMs <= config.timestampAfterMaxMs();
    }

    /** Walks again to name the records: only a refused batch pays for that. */
    private static RuntimeException refusal(
            RecordWalk walk, ByteBuffer buffer, int at, int size, LogConfig config, long nowMs, String log) {
        List<RecordErrors.RecordError> keyless = new ArrayList<>();
        List<RecordErrors.RecordError> outOfTime = new ArrayList<>();
        walk.end();
        walk.begin(buffer, at, size, ExpansionLimit.bytesMax(config, BatchHeader.compression(buffer, at)));
        long baseTimestamp = BatchHeader.baseTimestamp(buffer, at);
        for (int i = 0; i < BatchHeader.count(buffer, at); i++) {
            walk.next();
            long timestamp = baseTimestamp + walk.timestampDelta();
            if (config.compact() && !walk.hasKey()) {
                keyless.add(new RecordErrors.RecordError(i, "A record of a compacted topic must have a key."));
            } else if (!config.logAppendTime() && !isInTime(timestamp, config, nowMs)) {
                outOfTime.add(new RecordErrors.RecordError(
                        i,
                        "The timestamp " + timestamp + " is more than message.timestamp.before.max.ms = "
                                + config.timestampBeforeMaxMs()
                                + " before or more than message.timestamp.after.max.ms = "
                                + config.timestampAfterMaxMs() + " after " + nowMs + "."));
            }
        }
        // As Kafka does: a batch that breaks both rules is called invalid, and all its records are named.
        if (!keyless.isEmpty()) {
            keyless.addAll(outOfTime);
            return new RecordErrors.InvalidRecords("one or more records for " + log + " have been rejected", keyless);
        }
        return new RecordErrors.InvalidTimestamps("one or more records for " + log + " have been rejected", outOfTime);
    }
}
