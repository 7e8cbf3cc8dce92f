package dev.millrace.broker.log.batch;

import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.config.TargetCompression;
import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.apache.kafka.common.utils.CloseableIterator;

/**
 * Stores batches with the codec of their topic when the producer has chosen another one. Everything but the codec stays:
 * records, offsets, timestamps, producer and sequence. Control batches are never compressed.
 */
public final class Recompression {
    private static final int RATIO_GUESSED = 4;

    private Recompression() {}

    /**
     * The same buffer when nothing has to be changed.
     *
     * @throws org.apache.kafka.common.errors.RecordTooLargeException when a batch is too large as it would be stored
     */
    public static ByteBuffer of(ByteBuffer batches, LogConfig config, String log) {
        if (!isNeeded(batches, config.compression())) {
            return batches;
        }
        ByteBufferOutputStream out = new ByteBufferOutputStream(batches.remaining());
        Compression codec = config.compression().codec();
        try (BufferSupplier decompressionBuffers = BufferSupplier.create()) {
            for (int at = batches.position(); at < batches.limit(); at += BatchHeader.sizeInBytes(batches, at)) {
                ByteBuffer batch = batches.slice(at, BatchHeader.sizeInBytes(batches, at));
                ByteBuffer stored =
                        isNeeded(batch, 0, config.compression()) ? rebuild(batch, codec, decompressionBuffers) : batch;
                BatchChecks.checkSize(stored.remaining(), config, log);
                out.write(stored);
            }
        } catch (KafkaException e) {
            throw e instanceof org.apache.kafka.common.errors.ApiException
                    ? e
                    : new InvalidRecordException("the records of a batch for " + log + " cannot be decompressed", e);
        }
        return out.buffer().flip();
    }

    private static boolean isNeeded(ByteBuffer batches, TargetCompression target) {
        for (int at = batches.position(); at < batches.limit(); at += BatchHeader.sizeInBytes(batches, at)) {
            if (isNeeded(batches, at, target)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNeeded(ByteBuffer batches, int at, TargetCompression target) {
        return target.changes(BatchHeader.compression(batches, at)) && !BatchHeader.isControl(batches, at);
    }

    private static ByteBuffer rebuild(ByteBuffer original, Compression codec, BufferSupplier decompressionBuffers) {
        RecordBatch batch =
                MemoryRecords.readableRecords(original).batches().iterator().next();
        int guess = batch.isCompressed() ? RATIO_GUESSED * original.remaining() : original.remaining();
        MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                new ByteBufferOutputStream(guess),
                RecordBatch.CURRENT_MAGIC_VALUE,
                codec,
                batch.timestampType(),
                batch.baseOffset(),
                batch.timestampType() == TimestampType.LOG_APPEND_TIME
                        ? batch.maxTimestamp()
                        : RecordBatch.NO_TIMESTAMP,
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.isTransactional(),
                false,
                batch.partitionLeaderEpoch(),
                Integer.MAX_VALUE);
        try (CloseableIterator<Record> records = batch.streamingIterator(decompressionBuffers)) {
            while (records.hasNext()) {
                builder.append(records.next());
            }
        }
        return builder.build().buffer();
    }
}
