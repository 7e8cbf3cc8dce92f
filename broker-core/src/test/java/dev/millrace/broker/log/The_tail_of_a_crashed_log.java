package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.disk.LogCorruptException;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class The_tail_of_a_crashed_log {
    private static final long NOW = 1_700_000_000_000L;
    private static final String DIRECTORY = "topic-0";
    private static final String SEGMENT = DIRECTORY + "/00000000000000000000.log";

    private final NastyDisk disk = new NastyDisk(1);
    private final List<Long> batchEnds = new ArrayList<>();
    private long size;

    @BeforeEach
    void write_and_crash() throws IOException {
        PartitionLog log = open(disk);
        append(log, Batches.of(NOW, "a", "b"));
        append(log, Batches.transactional(NOW, 5, (short) 0, 0, "c"));
        append(log, Batches.idempotent(NOW, 6, (short) 0, 0, "d", "e"));
        disk.killProcess();
    }

    private static PartitionLog open(NastyDisk disk) throws IOException {
        return PartitionLog.open(disk, DIRECTORY, LogConfig.DEFAULT, NOW);
    }

    private void append(PartitionLog log, ByteBuffer batch) throws IOException {
        log.append(batch, AppendOrigin.CLIENT, 0, NOW);
        size = log.sizeInBytes();
        batchEnds.add(size);
    }

    private int wholeBatchesBefore(long position) {
        return (int) batchEnds.stream().filter(end -> end <= position).count();
    }

    private static long endAfter(int batches) {
        return List.of(0L, 2L, 3L, 5L).get(batches);
    }

    @Test
    void is_cut_off_wherever_the_last_write_was_torn() throws IOException {
        for (long cut = 0; cut <= size; cut++) {
            NastyDisk torn = disk.copy(cut);
            torn.cutOff(SEGMENT, cut);
            try (PartitionLog log = open(torn)) {
                assertThat(log.logEndOffset()).as("cut at %s", cut).isEqualTo(endAfter(wholeBatchesBefore(cut)));
                assertThat(log.sizeInBytes()).isLessThanOrEqualTo(cut);
                assertThat(LogReader.records(log, 0)).hasSize((int) log.logEndOffset());
                log.append(Batches.of(NOW, "again"), AppendOrigin.CLIENT, 0, NOW);
                assertThat(LogReader.records(log, 0)).last().asString().endsWith("again");
            }
        }
    }

    @Test
    void is_cut_off_before_the_batch_in_which_any_bit_has_flipped() throws IOException {
        for (long position = 0; position < size; position++) {
            NastyDisk flipped = disk.copy(position);
            flipped.flipBit(SEGMENT, position, (int) (position % 8));
            try (PartitionLog log = open(flipped)) {
                int whole = wholeBatchesBefore(position);
                if (log.logEndOffset() != endAfter(whole)) {
                    // The leader epoch and the upper half of the base offset are not under the checksum.
                    long inBatch = position - (whole == 0 ? 0 : batchEnds.get(whole - 1));
                    assertThat(inBatch < 8 || (inBatch >= 12 && inBatch < 16))
                            .as("bit flipped at %s", position)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void may_be_followed_by_zeros() throws IOException {
        byte[] content = disk.content(SEGMENT);
        disk.place(
                SEGMENT, ByteBuffer.allocate(content.length + 5000).put(content).array());
        PartitionLog log = open(disk);

        assertThat(log.logEndOffset()).isEqualTo(5);
        assertThat(log.sizeInBytes()).isEqualTo(size);
    }

    @Test
    void gives_back_the_producers_it_holds() throws IOException {
        PartitionLog log = open(disk);

        assertThat(log.openTransaction(5)).hasValue(2);
        assertThat(log.append(Batches.idempotent(NOW, 6, (short) 0, 0, "d", "e"), AppendOrigin.CLIENT, 0, NOW)
                        .duplicate())
                .isTrue();
    }

    @Test
    void is_not_cut_off_when_it_is_of_an_old_message_format() {
        byte[] legacy = legacyBatch();
        disk.place(SEGMENT, legacy);

        assertThatThrownBy(() -> open(disk))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("00000000000000000000.log")
                .hasMessageContaining("message format before v2");
    }

    private static byte[] legacyBatch() {
        byte[] value = "old".getBytes(StandardCharsets.UTF_8);
        ByteBuffer message = ByteBuffer.allocate(26 + value.length + 8);
        message.putLong(0)
                .putInt(message.capacity() - 12)
                .putInt(0)
                .put((byte) 1)
                .put((byte) 0);
        message.putLong(NOW).putInt(-1).putInt(value.length).put(value);
        CRC32 crc = new CRC32();
        crc.update(message.array(), 16, message.capacity() - 16);
        message.putInt(12, (int) crc.getValue());
        return message.array();
    }

    @Test
    void reveals_segments_that_lie_over_each_other() throws IOException {
        disk.place(DIRECTORY + "/00000000000000000002.log", disk.content(SEGMENT));

        assertThatThrownBy(() -> open(disk))
                .isInstanceOf(LogCorruptException.class)
                .hasMessageContaining("00000000000000000002.log begins below offset 5");
    }
}
