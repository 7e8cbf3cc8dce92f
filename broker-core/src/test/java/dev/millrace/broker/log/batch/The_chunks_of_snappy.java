package dev.millrace.broker.log.batch;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xerial.snappy.Snappy;

class The_chunks_of_snappy {

    private static final long MAGIC = 0x82534E4150505900L;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 32_768, 1_000_000})
    void are_believed_as_they_are_written(int bytes) throws Exception {
        ByteBufferOutputStream out = new ByteBufferOutputStream(100);
        try (var compressed =
                Compression.of(CompressionType.SNAPPY).build().wrapForOutput(out, RecordBatch.MAGIC_VALUE_V2)) {
            compressed.write(new byte[bytes]);
        }
        ByteBuffer chunks = out.buffer().flip();
        assertThatCode(() -> SnappyChunks.check(chunks)).doesNotThrowAnyException();
        ByteBuffer alone = ByteBuffer.wrap(Snappy.compress(new byte[bytes]));
        assertThatCode(() -> SnappyChunks.check(alone)).doesNotThrowAnyException();
    }

    @Test
    void are_refused_when_one_claims_more_than_is_there() {
        ByteBuffer chunks =
                ByteBuffer.allocate(30).putLong(MAGIC).putLong(1).putInt(1_000).rewind();
        assertThatThrownBy(() -> SnappyChunks.check(chunks))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("1000");
    }

    @Test
    void are_refused_when_one_claims_to_become_more_than_it_can() {
        ByteBuffer chunks = ByteBuffer.allocate(30).putLong(MAGIC).putLong(1).putInt(10);
        chunks.put(new byte[] {-1, -1, -1, -1, 7}).rewind();
        assertThatThrownBy(() -> SnappyChunks.check(chunks))
                .isInstanceOf(InvalidRecordException.class)
                .hasMessageContaining("2147483647");
    }

    @Test
    void are_refused_when_it_is_one_without_a_header_that_does() {
        ByteBuffer alone =
                ByteBuffer.allocate(40).put(new byte[] {-1, -1, -1, -1, 7}).rewind();
        assertThatThrownBy(() -> SnappyChunks.check(alone)).isInstanceOf(InvalidRecordException.class);
    }
}
