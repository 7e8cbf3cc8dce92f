package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.config.TargetCompression;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A topic whose compression.type is not that of its producers. */
class A_batch_in_another_codec {
    private static final long NOW = 1_700_000_000_000L;
    private static final String DIRECTORY = "topic-0";

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;

    private void open(String compressionType) throws IOException {
        open(Configs.compression(TargetCompression.of(compressionType, 9, 12, 10)));
    }

    private void open(LogConfig config) throws IOException {
        log = PartitionLog.open(disk, DIRECTORY, config, NOW);
    }

    private AppendResult append(ByteBuffer batch) throws IOException {
        return log.append(batch, AppendOrigin.CLIENT, 5, NOW);
    }

    private List<RecordBatch> stored() throws IOException {
        List<RecordBatch> batches = new ArrayList<>();
        try (LogSlice slice = log.read(0, 1 << 20, Long.MAX_VALUE, true)) {
            MemoryRecords.readableRecords(LogReader.bytes(slice)).batches().forEach(batches::add);
        }
        return batches;
    }

    @ParameterizedTest
    @CsvSource({
        "none,gzip",
        "none,snappy",
        "none,lz4",
        "none,zstd",
        "gzip,zstd",
        "zstd,lz4",
        "lz4,gzip",
        "snappy,uncompressed"
    })
    void is_stored_in_the_topics(String sent, String wanted) throws IOException {
        open(wanted);
        append(Batches.of(NOW, "first"));
        append(Batches.compressed(Compression.of(sent).build(), NOW + 7, "a", "b".repeat(500), "c"));

        RecordBatch batch = stored().get(1);
        batch.ensureValid();
        assertThat(batch.compressionType().name).isEqualTo(wanted.equals("uncompressed") ? "none" : wanted);
        assertThat(batch.baseOffset()).isEqualTo(1);
        assertThat(batch.lastOffset()).isEqualTo(3);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(5);
        assertThat(batch.maxTimestamp()).isEqualTo(NOW + 7);
        assertThat(batch.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
        assertThat(LogReader.records(log, 0)).containsExactly("0=first", "1=a", "2=" + "b".repeat(500), "3=c");
    }

    @Test
    void keeps_its_producer_so_that_a_retry_is_known() throws IOException {
        open("zstd");
        append(Batches.idempotent(NOW, 7, (short) 2, 0, "a", "b"));

        RecordBatch batch = stored().get(0);
        assertThat(batch.producerId()).isEqualTo(7);
        assertThat(batch.producerEpoch()).isEqualTo((short) 2);
        assertThat(batch.lastSequence()).isEqualTo(1);
        assertThat(append(Batches.idempotent(NOW, 7, (short) 2, 0, "a", "b")).duplicate())
                .isTrue();
        assertThat(append(Batches.idempotent(NOW, 7, (short) 2, 2, "c")).baseOffset())
                .isEqualTo(2);
    }

    @Test
    void keeps_its_transaction_whose_marker_is_not_compressed() throws IOException {
        open("lz4");
        append(Batches.transactional(NOW, 7, (short) 0, 0, "a"));
        log.append(BatchBuilder.endTransactionMarker(NOW, 7, (short) 0, 0, true), AppendOrigin.COORDINATOR, 5, NOW);

        assertThat(stored().get(0).isTransactional()).isTrue();
        assertThat(stored().get(0).compressionType()).isEqualTo(CompressionType.LZ4);
        assertThat(stored().get(1).isControlBatch()).isTrue();
        assertThat(stored().get(1).compressionType()).isEqualTo(CompressionType.NONE);
    }

    @Test
    void gets_the_time_of_the_log_where_the_topic_says_so() throws IOException {
        open(Configs.logAppendTime(TargetCompression.of("gzip", 1, 9, 3)));
        append(Batches.of(5, "a", "b"));

        RecordBatch batch = stored().get(0);
        batch.ensureValid();
        assertThat(batch.compressionType()).isEqualTo(CompressionType.GZIP);
        for (Record record : batch) {
            assertThat(record.timestamp()).isEqualTo(NOW);
        }
    }

    @Test
    void is_refused_when_it_would_be_stored_larger_than_max_message_bytes() throws IOException {
        open("uncompressed");
        ByteBuffer batch = Batches.compressed(Compression.gzip().build(), NOW, "a".repeat(2_000_000));

        assertThatThrownBy(() -> append(batch))
                .isInstanceOf(RecordTooLargeException.class)
                .hasMessageContaining("max.message.bytes");
        assertThat(log.logEndOffset()).isZero();
    }

    @Test
    void of_a_leader_is_taken_by_a_follower_as_it_is() throws IOException {
        open("zstd");
        ByteBuffer batch = Batches.of(NOW, "a");
        log.append(batch, AppendOrigin.REPLICATION, 5, NOW);

        assertThat(stored().get(0).compressionType()).isEqualTo(CompressionType.NONE);
    }
}
