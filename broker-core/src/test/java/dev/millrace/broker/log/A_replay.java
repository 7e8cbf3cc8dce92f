package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class A_replay {
    private static final long NOW = 1_700_000_000_000L;

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(disk, "topic-0", Configs.segments(400), NOW);
    }

    private List<ReplayedBatch> replay(long from) throws IOException {
        List<ReplayedBatch> batches = new ArrayList<>();
        log.replay(from, batches::add);
        return batches;
    }

    private static List<String> values(List<ReplayedBatch> batches) {
        List<String> values = new ArrayList<>();
        for (ReplayedBatch batch : batches) {
            for (ReplayedBatch.KeyValue record : batch.records()) {
                values.add(record.offset() + "="
                        + (record.value() == null
                                ? null
                                : StandardCharsets.UTF_8.decode(record.value().duplicate())));
            }
        }
        return values;
    }

    @Test
    void hands_over_every_record_of_every_segment() throws IOException {
        for (int i = 0; i < 20; i++) {
            log.append(Batches.of(NOW + i, "value " + i), AppendOrigin.CLIENT, 0, NOW);
        }
        List<ReplayedBatch> batches = replay(0);

        assertThat(values(batches)).hasSize(20).first().isEqualTo("0=value 0");
        assertThat(batches.get(19).records().get(0).timestampMs()).isEqualTo(NOW + 19);
    }

    @Test
    void begins_at_the_offset_even_inside_of_a_batch() throws IOException {
        log.append(Batches.of(NOW, "a", "b", "c"), AppendOrigin.CLIENT, 0, NOW);
        log.append(Batches.of(NOW, "d"), AppendOrigin.CLIENT, 0, NOW);

        assertThat(values(replay(1))).containsExactly("1=b", "2=c", "3=d");
        assertThat(replay(4)).isEmpty();
    }

    @Test
    void decodes_compressed_batches() throws IOException {
        log.append(Batches.compressed(Compression.zstd().build(), NOW, "a", "b"), AppendOrigin.CLIENT, 0, NOW);
        log.append(Batches.compressed(Compression.snappy().build(), NOW, "c"), AppendOrigin.CLIENT, 0, NOW);

        assertThat(values(replay(0))).containsExactly("0=a", "1=b", "2=c");
    }

    @Test
    void tells_transactions_and_how_they_ended() throws IOException {
        log.append(Batches.transactional(NOW, 9, (short) 3, 0, "a"), AppendOrigin.CLIENT, 0, NOW);
        log.append(BatchBuilder.endTransactionMarker(NOW, 9, (short) 3, 0, true), AppendOrigin.COORDINATOR, 0, NOW);
        log.append(BatchBuilder.endTransactionMarker(NOW, 9, (short) 3, 0, false), AppendOrigin.COORDINATOR, 0, NOW);
        List<ReplayedBatch> batches = replay(0);

        assertThat(batches.get(0).transactional()).isTrue();
        assertThat(batches.get(0).producerId()).isEqualTo(9);
        assertThat(batches.get(0).producerEpoch()).isEqualTo((short) 3);
        assertThat(batches)
                .extracting(ReplayedBatch::marker)
                .containsExactly(null, ReplayedBatch.Marker.COMMIT, ReplayedBatch.Marker.ABORT);
        assertThat(batches.get(1).records()).isEmpty();
    }

    @Test
    void keeps_nulls_apart_from_what_is_empty() throws IOException {
        log.append(
                BatchBuilder.batch(
                        List.of(
                                new BatchBuilder.KeyValue(Batches.bytes("k"), null),
                                new BatchBuilder.KeyValue(null, new byte[0])),
                        NOW),
                AppendOrigin.COORDINATOR,
                0,
                NOW);
        List<ReplayedBatch.KeyValue> records = replay(0).get(0).records();

        assertThat(records.get(0).value()).isNull();
        assertThat(records.get(1).key()).isNull();
        assertThat(records.get(1).value()).isNotNull();
    }

    @Test
    void stops_at_a_batch_that_is_damaged_and_names_it() throws IOException {
        log.append(Batches.of(NOW, "a"), AppendOrigin.CLIENT, 0, NOW);
        long position = log.sizeInBytes();
        log.append(Batches.of(NOW, "b"), AppendOrigin.CLIENT, 0, NOW);
        disk.flipBit("topic-0/00000000000000000000.log", position + 65, 1);

        assertThatThrownBy(() -> replay(0))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("position " + position + " of topic-0/00000000000000000000.log")
                .hasMessageContaining("checksum");
    }

    @Test
    void begins_at_the_log_start_at_the_earliest() throws IOException {
        log.append(Batches.of(NOW, "a", "b", "c"), AppendOrigin.CLIENT, 0, NOW);
        log.advanceLogStart(2);

        assertThat(values(replay(0))).containsExactly("2=c");
    }
}
