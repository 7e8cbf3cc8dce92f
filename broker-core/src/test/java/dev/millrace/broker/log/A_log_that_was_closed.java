package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class A_log_that_was_closed {
    private static final long NOW = 1_700_000_000_000L;
    private static final String DIRECTORY = "topic-0";

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log = open();

    private PartitionLog open() {
        try {
            return PartitionLog.open(disk, DIRECTORY, Configs.segments(500), NOW);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void write_and_close() throws IOException {
        for (int i = 0; i < 20; i++) {
            log.append(Batches.idempotent(NOW + i, 4, (short) 0, i, "value " + i), AppendOrigin.CLIENT, i / 10, NOW);
        }
        log.append(Batches.transactional(NOW, 5, (short) 0, 0, "open"), AppendOrigin.CLIENT, 1, NOW);
        log.close();
    }

    @Test
    void loses_nothing_when_the_power_fails() throws IOException {
        disk.failPower();
        log = open();

        assertThat(log.logEndOffset()).isEqualTo(21);
        assertThat(LogReader.records(log, 0)).hasSize(21);
        assertThat(log.openTransaction(5)).hasValue(20);
        assertThat(log.latestEpoch()).hasValue(1);
    }

    @Test
    void is_opened_without_looking_at_its_records() throws IOException {
        for (Disk.Entry entry : disk.list(DIRECTORY)) {
            if (entry.name().endsWith(".log")) {
                String path = DIRECTORY + "/" + entry.name();
                disk.place(path, new byte[(int) entry.sizeInBytes()]);
            }
        }
        log = open();

        assertThat(log.logEndOffset()).isEqualTo(21);
        assertThat(log.activeProducers()).hasSize(2);
        assertThat(log.sizeInBytes()).isPositive();
    }

    @Test
    void changes_nothing_on_disk_when_it_is_opened_and_closed_again() throws IOException {
        long operations = disk.operations();
        log = open();
        log.close();

        assertThat(disk.operations()).isEqualTo(operations);
    }

    @Test
    void finds_a_retried_batch() throws IOException {
        log = open();
        AppendResult retry =
                log.append(Batches.idempotent(NOW, 4, (short) 0, 19, "value 19"), AppendOrigin.CLIENT, 1, NOW);

        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.baseOffset()).isEqualTo(19);
    }

    @Test
    void is_recovered_when_its_active_segment_has_another_size_than_the_mark_says() throws IOException {
        String last = disk.list(DIRECTORY).stream()
                .map(Disk.Entry::name)
                .filter(name -> name.endsWith(".log"))
                .sorted()
                .reduce((a, b) -> b)
                .orElseThrow();
        disk.cutOff(DIRECTORY + "/" + last, disk.content(DIRECTORY + "/" + last).length - 1);
        log = open();

        assertThat(log.logEndOffset()).isEqualTo(20);
        assertThat(LogReader.records(log, 0)).hasSize(20);
    }

    @Test
    void makes_lost_indexes_anew() throws IOException {
        for (Disk.Entry entry : disk.list(DIRECTORY)) {
            if (entry.name().endsWith("index")) {
                disk.delete(DIRECTORY + "/" + entry.name());
            }
        }
        log = open();

        assertThat(LogReader.records(log, 7)).hasSize(14);
        assertThat(log.offsetForTimestamp(NOW + 7)).hasValue(new TimestampOffset(NOW + 7, 7, 0));
    }

    @Test
    void makes_damaged_indexes_anew() throws IOException {
        disk.cutOff(DIRECTORY + "/00000000000000000000.index", 5);
        disk.cutOff(DIRECTORY + "/00000000000000000000.timeindex", 5);
        log = open();

        assertThat(LogReader.records(log, 1)).hasSize(20);
        assertThat(log.offsetForTimestamp(NOW + 2)).hasValue(new TimestampOffset(NOW + 2, 2, 0));
    }

    @Test
    void learns_its_leader_epochs_anew_from_the_batches() throws IOException {
        disk.place(DIRECTORY + "/leader-epoch-checkpoint", Batches.bytes("0\n2\n0 0\ngarbage\n"));
        log = open();

        assertThat(log.epochForOffset(9)).hasValue(0);
        assertThat(log.epochForOffset(10)).hasValue(1);
    }

    @Test
    void learns_its_producers_anew_when_the_snapshot_is_damaged() throws IOException {
        disk.flipBit(DIRECTORY + "/00000000000000000021.snapshot", 20, 3);
        log = open();

        assertThat(log.openTransaction(5)).hasValue(20);
        assertThat(log.activeProducers()).extracting(ProducerStatus::producerId).containsExactlyInAnyOrder(4L, 5L);
    }

    @Test
    void is_recovered_as_a_whole_when_its_checkpoints_are_lost() throws IOException {
        disk.delete(DIRECTORY + "/log-checkpoint");
        disk.delete(DIRECTORY + "/clean-shutdown");
        log = open();

        assertThat(LogReader.records(log, 0)).hasSize(21);
    }

    @Test
    void clears_away_files_that_were_not_finished() throws IOException {
        disk.place(DIRECTORY + "/log-checkpoint.tmp", new byte[3]);
        disk.place(DIRECTORY + "/00000000000000009999.index", new byte[8]);
        log = open();

        assertThat(disk.list(DIRECTORY))
                .extracting(Disk.Entry::name)
                .doesNotContain("log-checkpoint.tmp", "00000000000000009999.index");
    }

    @Test
    void takes_no_appends() {
        assertThatThrownBy(() -> log.append(Batches.of(NOW, "late"), AppendOrigin.CLIENT, 0, NOW))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void gives_no_reads() {
        assertThatThrownBy(() -> log.read(0, 100, 21, true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is closed");
    }

    @Test
    void keeps_what_is_being_sent() throws IOException {
        log = open();
        LogSlice slice = log.read(0, 10_000, 21, true);
        log.close();

        assertThat(LogReader.bytes(slice).remaining()).isEqualTo(slice.sizeInBytes());
        slice.close();
    }

    @Test
    void has_the_files_that_kafka_expects() throws IOException {
        List<String> names =
                disk.list(DIRECTORY).stream().map(Disk.Entry::name).sorted().toList();

        assertThat(names)
                .contains(
                        "00000000000000000000.log",
                        "00000000000000000000.index",
                        "00000000000000000000.timeindex",
                        "00000000000000000021.snapshot",
                        "leader-epoch-checkpoint");
        assertThat(new String(
                        disk.content(DIRECTORY + "/leader-epoch-checkpoint"), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("0\n2\n0 0\n1 10\n");
    }
}
