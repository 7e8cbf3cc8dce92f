package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.simulation.NastyDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_failing_disk {
    private static final long NOW = 1_700_000_000_000L;

    private final NastyDisk disk = new NastyDisk(1);
    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(disk, "topic-0", Configs.segments(1000), NOW);
    }

    private void append(String value) throws IOException {
        log.append(Batches.of(NOW, value), AppendOrigin.CLIENT, 0, NOW);
    }

    @Nested
    class that_is_full {
        @Test
        void refuses_the_append_and_takes_later_ones() throws IOException {
            append("a");
            disk.leaveRoomFor(30);
            assertThatThrownBy(() -> append("b"))
                    .isInstanceOf(DiskFullException.class)
                    .hasMessageContaining("no room to write topic-0/00000000000000000000.log");
            assertThat(log.logEndOffset()).isEqualTo(1);
            assertThat(log.sizeInBytes()).isEqualTo(disk.content("topic-0/00000000000000000000.log").length);

            disk.makeRoom();
            append("c");
            assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=c");
        }

        @Test
        void leaves_the_log_sound_at_any_fill_level() throws IOException {
            List<String> written = new ArrayList<>();
            for (int round = 0; round < 60; round++) {
                disk.leaveRoomFor(round * 7L);
                for (int i = 0; i < 4; i++) {
                    String value = round + "." + i + "-".repeat(20);
                    try {
                        append(value);
                        written.add(written.size() + "=" + value);
                    } catch (DiskFullException expected) {
                        assertThat(log.logEndOffset()).isEqualTo(written.size());
                    }
                }
                disk.makeRoom();
            }
            assertThat(LogReader.records(log, 0)).isEqualTo(written);
            disk.killProcess();
            open();
            assertThat(LogReader.records(log, 0)).isEqualTo(written);
        }

        @Test
        void does_not_count_the_refused_batch_among_those_of_its_producer() throws IOException {
            disk.leaveRoomFor(10);
            assertThatThrownBy(() ->
                            log.append(Batches.idempotent(NOW, 1, (short) 0, 0, "a"), AppendOrigin.CLIENT, 0, NOW))
                    .isInstanceOf(DiskFullException.class);
            disk.makeRoom();

            assertThat(log.append(Batches.idempotent(NOW, 1, (short) 0, 0, "a"), AppendOrigin.CLIENT, 0, NOW)
                            .duplicate())
                    .isFalse();
        }
    }

    @Nested
    class that_cannot_force {
        @Test
        void ends_the_log_for_writers() throws IOException {
            append("a");
            log.flush();
            append("b");
            disk.failForces(true);
            assertThatThrownBy(() -> log.flush()).isInstanceOf(IOException.class);
            disk.failForces(false);

            assertThatThrownBy(() -> append("c"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("takes no appends since its disk failed");
            assertThatThrownBy(() -> log.flush()).isInstanceOf(IOException.class);
            assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=b");
        }

        @Test
        void does_not_let_it_pass_for_closed_in_order() throws IOException {
            append("a");
            log.flush();
            append("b");
            disk.failForces(true);
            assertThatThrownBy(() -> log.flush()).isInstanceOf(IOException.class);
            log.close();
            disk.failForces(false);
            disk.failPower();
            open();

            assertThat(LogReader.records(log, 0)).containsExactly("0=a");
        }
    }

    @Nested
    class that_loses_power {
        @Test
        void has_everything_that_was_flushed() throws IOException {
            for (int seed = 0; seed < 50; seed++) {
                NastyDisk unlucky = new NastyDisk(seed);
                PartitionLog before = PartitionLog.open(unlucky, "topic-0", Configs.segments(300), NOW);
                for (int i = 0; i < 10; i++) {
                    before.append(Batches.of(NOW, "v" + i), AppendOrigin.CLIENT, 0, NOW);
                }
                before.flush();
                for (int i = 10; i < 20; i++) {
                    before.append(Batches.of(NOW, "v" + i), AppendOrigin.CLIENT, 0, NOW);
                }
                unlucky.failPower();
                PartitionLog after = PartitionLog.open(unlucky, "topic-0", Configs.segments(300), NOW);

                assertThat(after.logEndOffset()).as("seed %s", seed).isBetween(10L, 20L);
                assertThat(LogReader.records(after, 0)).hasSize((int) after.logEndOffset());
            }
        }

        @Test
        void is_forced_once_for_a_flush_that_has_nothing_to_do() throws IOException {
            append("a");
            log.flush();
            long forces = disk.forces();
            log.flush();

            assertThat(disk.forces()).isEqualTo(forces);
        }

        @Test
        void is_asked_for_little_by_a_flush() throws IOException {
            append("a");
            log.flush();
            append("b");
            long forces = disk.forces();
            log.flush();

            assertThat(disk.forces() - forces).as("the segment").isEqualTo(1);
        }
    }
}
