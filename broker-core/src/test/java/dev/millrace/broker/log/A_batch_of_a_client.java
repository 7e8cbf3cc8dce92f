package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.RecordErrors;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class A_batch_of_a_client {
    private static final long NOW = 1_700_000_000_000L;

    private PartitionLog log = open(LogConfig.DEFAULT);

    private static PartitionLog open(LogConfig config) {
        try {
            return PartitionLog.open(new NastyDisk(1), "topic-0", config, NOW);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private AppendResult append(ByteBuffer batch) throws IOException {
        return log.append(batch, AppendOrigin.CLIENT, 7, NOW);
    }

    private void assertRefused(ByteBuffer batch, Class<? extends Exception> error, String message) {
        assertThatThrownBy(() -> append(batch)).isInstanceOf(error).hasMessageContaining(message);
        assertThat(log.logEndOffset()).isZero();
        assertThat(log.sizeInBytes()).isZero();
    }

    private static ByteBuffer sealed(ByteBuffer batch) {
        BatchHeader.stampCrc(batch, 0, batch.limit());
        return batch;
    }

    private RecordBatch stored() throws IOException {
        try (LogSlice slice = log.read(0, 1 << 20, log.logEndOffset(), true)) {
            RecordBatch batch = MemoryRecords.readableRecords(LogReader.bytes(slice))
                    .batches()
                    .iterator()
                    .next();
            batch.ensureValid();
            return batch;
        }
    }

    private static Compression compression(String name) {
        return Compression.of(name).build();
    }

    @Nested
    class that_is_sound {
        @Test
        void gets_its_offsets_and_the_leader_epoch() throws IOException {
            append(Batches.of(NOW, "a", "b"));
            AppendResult second = append(Batches.of(NOW, "c", "d", "e"));

            assertThat(second).isEqualTo(new AppendResult(2, 4, -1, 0, false));
            assertThat(stored().partitionLeaderEpoch()).isEqualTo(7);
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
        void may_be_compressed_in_any_way(String compression) throws IOException {
            String[] values = new String[200];
            for (int i = 0; i < values.length; i++) {
                values[i] = "value " + i + "-".repeat(i);
            }
            append(Batches.compressed(compression(compression), NOW, values));

            assertThat(LogReader.records(log, 0)).hasSize(200).last().isEqualTo("199=" + values[199]);
        }

        @Test
        void may_lie_in_direct_memory_and_anywhere_in_its_buffer() throws IOException {
            ByteBuffer batch = Batches.of(NOW, "a", "b");
            ByteBuffer direct = ByteBuffer.allocateDirect(batch.remaining() + 20);
            direct.position(7).put(batch).flip().position(7);
            append(direct);

            assertThat(direct.position()).isEqualTo(7);
            assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=b");
        }

        @Test
        void may_have_headers_and_nulls() throws IOException {
            Header[] headers = {new RecordHeader("h", Batches.bytes("1")), new RecordHeader("n", (byte[]) null)};
            append(Batches.build(
                    Compression.NONE,
                    -1,
                    (short) -1,
                    -1,
                    false,
                    List.of(
                            new SimpleRecord(NOW, null, Batches.bytes("v"), headers),
                            new SimpleRecord(NOW, Batches.bytes("k"), null))));

            assertThat(log.logEndOffset()).isEqualTo(2);
        }

        @Test
        void gets_its_max_timestamp_put_right() throws IOException {
            ByteBuffer batch = Batches.of(NOW, "a");
            BatchHeader.stampMaxTimestamp(batch, 0, batch.limit(), NOW + 5_000);
            append(batch);

            assertThat(stored().maxTimestamp()).isEqualTo(NOW);
        }
    }

    @Nested
    class that_is_damaged {
        @Test
        void is_refused_whichever_bit_has_flipped() {
            ByteBuffer sound = Batches.of(NOW, "some value", "another");
            for (int position = 8; position < sound.limit(); position++) {
                if (position >= BatchHeader.LEADER_EPOCH_AT && position < BatchHeader.MAGIC_AT) {
                    continue; // the leader epoch is the broker's
                }
                ByteBuffer flipped = ByteBuffer.allocate(sound.limit())
                        .put(sound.duplicate())
                        .flip();
                flipped.put(position, (byte) (flipped.get(position) ^ 0x10));
                Throwable refusal = catchThrowable(() -> append(flipped));
                assertThat(refusal).as("position %s", position).isInstanceOf(CorruptRecordException.class);
            }
        }

        @Test
        void is_refused_when_it_is_cut_off() {
            ByteBuffer sound = Batches.of(NOW, "some value");
            for (int length = 1; length < sound.limit(); length++) {
                ByteBuffer cut = sound.duplicate().limit(length);
                Throwable refusal = catchThrowable(() -> append(cut));
                assertThat(refusal).as("length %s", length).isInstanceOf(CorruptRecordException.class);
            }
        }

        @Test
        void is_refused_with_garbage_behind_it() {
            ByteBuffer sound = Batches.of(NOW, "v");
            ByteBuffer longer = ByteBuffer.allocate(sound.limit() + 5).put(sound);
            assertRefused(longer.clear(), InvalidRecordException.class, "more than one batch");
        }

        @Test
        void is_refused_when_the_records_do_not_fill_it() {
            ByteBuffer batch = Batches.of(NOW, "a", "b");
            batch.putInt(BatchHeader.COUNT_AT, 1).putInt(BatchHeader.LAST_OFFSET_DELTA_AT, 0);
            assertRefused(sealed(batch), InvalidRecordException.class, "more than the 1 records");
        }

        @Test
        void is_refused_when_it_lacks_records() {
            ByteBuffer batch = Batches.of(NOW, "a", "b");
            batch.putInt(BatchHeader.COUNT_AT, 3).putInt(BatchHeader.LAST_OFFSET_DELTA_AT, 2);
            assertRefused(sealed(batch), InvalidRecordException.class, "is cut off");
        }

        @ParameterizedTest
        @ValueSource(strings = {"gzip", "snappy", "lz4", "zstd"})
        void is_refused_when_it_cannot_be_decompressed(String compression) {
            ByteBuffer batch = Batches.compressed(compression(compression), NOW, "a".repeat(500), "b".repeat(500));
            for (int i = BatchHeader.RECORDS_AT; i < batch.limit(); i++) {
                batch.put(i, (byte) 0x55);
            }
            assertRefused(sealed(batch), InvalidRecordException.class, "");
        }

        @Test
        void is_refused_when_its_records_number_differently() {
            ByteBuffer batch = Batches.of(NOW, "a");
            int offsetDeltaAt = BatchHeader.RECORDS_AT + 3;
            assertThat(batch.get(offsetDeltaAt)).isZero();
            batch.put(offsetDeltaAt, (byte) 2);
            assertRefused(sealed(batch), InvalidRecordException.class, "not consecutive");
        }
    }

    @Nested
    class that_breaks_the_rules {
        @Test
        void is_refused_when_its_base_offset_is_not_0() {
            ByteBuffer batch = Batches.of(NOW, "a");
            BatchHeader.baseOffset(batch, 0, 12);
            assertRefused(batch, InvalidRecordException.class, "must be 0, not 12");
        }

        @Test
        void is_refused_when_its_record_count_and_offsets_differ() {
            ByteBuffer batch = Batches.of(NOW, "a", "b");
            batch.putInt(BatchHeader.LAST_OFFSET_DELTA_AT, 5);
            assertRefused(sealed(batch), InvalidRecordException.class, "2 records and the last offset delta 5");
        }

        @Test
        void is_refused_when_it_is_empty() {
            ByteBuffer batch = Batches.of(NOW, "a").limit(BatchHeader.RECORDS_AT);
            batch.putInt(BatchHeader.LENGTH_AT, BatchHeader.RECORDS_AT - BatchHeader.LENGTH_OVERHEAD);
            batch.putInt(BatchHeader.COUNT_AT, 0).putInt(BatchHeader.LAST_OFFSET_DELTA_AT, -1);
            assertRefused(sealed(batch), InvalidRecordException.class, "has 0 records");
        }

        @Test
        void is_refused_when_there_is_none() {
            assertRefused(ByteBuffer.allocate(0), InvalidRecordException.class, "no batch");
        }

        @Test
        void is_refused_when_another_one_follows() {
            ByteBuffer two = ByteBuffer.allocate(1000)
                    .put(Batches.of(NOW, "a"))
                    .put(Batches.of(NOW, "b"))
                    .flip();
            assertRefused(two, InvalidRecordException.class, "more than one batch");
        }

        @Test
        void is_refused_when_it_is_a_control_batch() {
            assertRefused(
                    BatchBuilder.endTransactionMarker(NOW, 1, (short) 0, 0, true),
                    InvalidRecordException.class,
                    "clients may not write control records");
        }

        @Test
        void is_refused_with_a_producer_but_no_sequence() {
            ByteBuffer batch = Batches.idempotent(NOW, 8, (short) 0, 0, "a");
            batch.putInt(BatchHeader.BASE_SEQUENCE_AT, -1);
            assertRefused(sealed(batch), InvalidRecordException.class, "has the sequence number -1");
        }

        @Test
        void is_refused_in_an_old_message_format() {
            ByteBuffer batch = Batches.of(NOW, "a");
            batch.put(BatchHeader.MAGIC_AT, (byte) 1);
            assertRefused(batch, UnsupportedForMessageFormatException.class, "message format v1 is not supported");
        }

        @Test
        void is_refused_in_a_format_of_the_future() {
            ByteBuffer batch = Batches.of(NOW, "a");
            batch.put(BatchHeader.MAGIC_AT, (byte) 3);
            assertRefused(batch, CorruptRecordException.class, "unknown magic 3");
        }

        @Test
        void is_refused_with_an_unknown_compression() {
            ByteBuffer batch = Batches.of(NOW, "a");
            batch.putShort(BatchHeader.ATTRIBUTES_AT, (short) 5);
            assertRefused(sealed(batch), UnsupportedCompressionTypeException.class, "unknown compression type 5");
        }

        @Test
        void is_refused_when_it_is_larger_than_max_message_bytes() {
            log = open(Configs.maxMessageBytes(100));
            assertRefused(Batches.of(NOW, "a".repeat(100)), RecordTooLargeException.class, "max.message.bytes = 100");
        }

        @Test
        void is_refused_when_it_is_larger_than_a_segment() {
            log = open(Configs.segments(100));
            assertRefused(Batches.of(NOW, "a".repeat(100)), RecordBatchTooLargeException.class, "segment.bytes = 100");
        }
    }

    @Nested
    class for_a_compacted_topic {
        private ByteBuffer keyless(Compression compression) {
            List<SimpleRecord> records = new ArrayList<>();
            records.add(new SimpleRecord(NOW, Batches.bytes("k"), Batches.bytes("a")));
            records.add(new SimpleRecord(NOW, null, Batches.bytes("b")));
            records.add(new SimpleRecord(NOW, null, Batches.bytes("c")));
            return Batches.build(compression, -1, (short) -1, -1, false, records);
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
        void is_refused_when_records_have_no_key_and_they_are_named(String compression) {
            log = open(Configs.compacted());
            Throwable refusal = catchThrowable(() -> append(keyless(compression(compression))));

            assertThat(Errors.forException(refusal)).isEqualTo(Errors.INVALID_RECORD);
            assertThat(((RecordErrors) refusal).recordErrors())
                    .extracting(RecordErrors.RecordError::index)
                    .containsExactly(1, 2);
            assertThat(log.logEndOffset()).isZero();
        }

        @Test
        void is_taken_when_all_records_have_keys() throws IOException {
            log = open(Configs.compacted());
            append(Batches.compressed(Compression.lz4().build(), NOW, "a", "b"));

            assertThat(log.logEndOffset()).isEqualTo(2);
        }
    }

    @Nested
    class with_timestamps {
        @ParameterizedTest
        @ValueSource(strings = {"none", "zstd"})
        void is_refused_when_they_are_too_far_in_the_future(String compression) {
            log = open(Configs.timestamps(Long.MAX_VALUE, 1000));
            Throwable refusal =
                    catchThrowable(() -> append(Batches.compressed(compression(compression), NOW + 1001, "a")));

            assertThat(Errors.forException(refusal)).isEqualTo(Errors.INVALID_TIMESTAMP);
            assertThat(((RecordErrors) refusal).recordErrors()).hasSize(1);
        }

        @Test
        void is_refused_when_they_are_too_far_in_the_past() {
            log = open(Configs.timestamps(1000, 1000));
            assertRefused(Batches.of(NOW - 1001, "a"), InvalidTimestampException.class, "rejected");
        }

        @Test
        void is_taken_at_the_very_limits() throws IOException {
            log = open(Configs.timestamps(1000, 1000));
            append(Batches.of(NOW - 1000, "a"));
            append(Batches.of(NOW + 1000, "b"));

            assertThat(log.logEndOffset()).isEqualTo(2);
        }

        @Test
        void is_taken_without_any() throws IOException {
            log = open(Configs.timestamps(1000, 1000));
            append(Batches.of(-1, "a"));

            assertThat(log.logEndOffset()).isEqualTo(1);
        }

        @Test
        void is_refused_when_it_claims_log_append_time() {
            ByteBuffer batch = Batches.of(NOW, "a");
            BatchHeader.stampLogAppendTime(batch, 0, batch.limit(), NOW);
            assertRefused(batch, InvalidTimestampException.class, "LogAppendTime");
        }

        @ParameterizedTest
        @ValueSource(strings = {"none", "lz4"})
        void gets_the_time_of_the_log_where_the_topic_says_so(String compression) throws IOException {
            log = open(Configs.logAppendTime());
            AppendResult result = append(Batches.compressed(compression(compression), 5, "a", "b"));

            assertThat(result.logAppendTimeMs()).isEqualTo(NOW);
            assertThat(stored().timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
            assertThat(stored())
                    .allSatisfy(record -> assertThat(record.timestamp()).isEqualTo(NOW));
        }
    }
}
