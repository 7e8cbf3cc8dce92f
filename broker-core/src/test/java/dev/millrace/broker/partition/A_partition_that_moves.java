package dev.millrace.broker.partition;

import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.disk.Disk;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.util.List;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** "orders" of two log dirs goes from the first to the second. */
class A_partition_that_moves extends PartitionsSpec {

    private static final MetadataEvent[] TOPIC = {
        new MetadataEvent.TopicCreated("orders", ORDERS),
        added(ORDERS, 0),
        config("orders", "internal.segment.bytes", "20000")
    };

    private final NastyDisk first = disk;
    private final NastyDisk second = otherDisk;

    @BeforeEach
    void hold_a_partition_with_records() throws Exception {
        start();
        happens(TOPIC);
        for (int i = 0; i < 30; i++) {
            append("a" + i + "x".repeat(5000));
        }
        assertThat(first.exists("orders-0")).isTrue();
    }

    private RecordedTicket<AppendResult> append(String value) {
        return append(ORDERS, 0, value);
    }

    private Partition partition() {
        return partitions.find(ORDERS, 0);
    }

    private RecordedTicket<Boolean> move(String logDir) {
        RecordedTicket<Boolean> ticket = begin(logDir);
        settle();
        return ticket;
    }

    private RecordedTicket<Boolean> begin(String logDir) {
        RecordedTicket<Boolean> ticket = new RecordedTicket<>();
        partitions.moves().wish(logDir, "orders", 0);
        partitions.moves().move(partition(), logDir, ticket);
        return ticket;
    }

    private String logDir() {
        return partitions.logDirOf(partition().id());
    }

    private LogDirMoves.Description future() {
        return partitions.moves().describe(partition().id());
    }

    private static List<String> names(NastyDisk disk) {
        return disk.list("").stream()
                .map(Disk.Entry::name)
                .filter(name -> name.startsWith("orders"))
                .toList();
    }

    private long readable() {
        FetchedRecords records = partition()
                .reads()
                .read(
                        partition().logEndOffset() - 1,
                        1 << 20,
                        true,
                        READ_UNCOMMITTED,
                        Partition.NO_EPOCH,
                        Partition.NO_EPOCH);
        records.release();
        return records.records().nextOffset();
    }

    @Test
    void lies_in_the_other_directory_with_all_its_records() {
        assertThat(move("/second").answer()).isTrue();

        assertThat(logDir()).isEqualTo("/second");
        assertThat(names(second)).containsExactly("orders-0");
        assertThat(partition().logEndOffset()).isEqualTo(30);
        assertThat(append("next").answer().baseOffset()).isEqualTo(30);
        assertThat(readable()).isEqualTo(31);
        assertThat(future()).isNull();
    }

    @Test
    void leaves_its_old_files_for_as_long_as_deleted_segments_stay() {
        happens(config("orders", "file.delete.delay.ms", "60000"));
        move("/second");
        assertThat(names(first)).containsExactly("orders-0.0-delete");

        pass(60_000);
        assertThat(names(first)).isEmpty();
    }

    @Test
    void stays_where_it_is_when_that_is_asked_for() {
        assertThat(move("/first").answer()).isTrue();
        assertThat(names(first)).containsExactly("orders-0");
        assertThat(names(second)).isEmpty();
    }

    @Test
    void goes_to_no_directory_that_is_cordoned() {
        happens(cordon("/second"));

        assertThatThrownBy(() -> partitions.moves().wish("/second", "orders", 0))
                .isInstanceOf(InvalidReplicaAssignmentException.class)
                .hasMessageContaining("/second");

        happens(cordon("/first"));
        move("/second");
        assertThat(logDir()).isEqualTo("/second");
    }

    @Test
    void goes_no_faster_than_it_may() {
        partitions.moves().limit(20_000);
        move("/second");
        assertThat(future().logDir()).isEqualTo("/second");
        assertThat(future().offsetLag()).isBetween(1L, 29L);
        assertThat(future().sizeInBytes()).isPositive();
        long lag = future().offsetLag();

        pass(1_000);
        assertThat(future().offsetLag()).isLessThan(lag);
        for (int i = 0; i < 15; i++) {
            pass(1_000);
        }
        assertThat(logDir()).isEqualTo("/second");
    }

    @Test
    void turns_round_when_it_is_asked_to() {
        partitions.moves().limit(20_000);
        move("/second");
        assertThat(names(second)).anyMatch(name -> name.endsWith("-future"));

        assertThat(move("/first").answer()).isTrue();
        assertThat(future()).isNull();
        assertThat(logDir()).isEqualTo("/first");
        assertThat(names(second)).isEmpty();
        assertThat(names(first)).containsExactly("orders-0");
    }

    @Test
    void begins_again_after_it_was_called_back() {
        partitions.moves().limit(20_000);
        begin("/second");
        begin("/first");
        begin("/second");
        settle();
        partitions.moves().limit(Long.MAX_VALUE);
        pass(1_000);

        assertThat(logDir()).isEqualTo("/second");
        assertThat(names(second)).containsExactly("orders-0");
    }

    @Test
    void takes_records_while_it_moves() {
        partitions.moves().limit(20_000);
        move("/second");
        for (int i = 30; i < 40; i++) {
            assertThat(append("b" + i).answer().baseOffset()).isEqualTo(i);
        }
        partitions.moves().limit(Long.MAX_VALUE);
        pass(1_000);

        assertThat(logDir()).isEqualTo("/second");
        assertThat(readable()).isEqualTo(40);
    }

    @Test
    void arrives_even_when_records_come_in_all_the_time() {
        begin("/second");
        for (int i = 0; i < 30; i++) {
            // Before the disk pool's result gets to the loop there is always another append.
            partition()
                    .writes()
                    .append(Batches.of(loop.nowMs(), "more" + i), (short) 1, 60_000, new RecordedTicket<>());
            diskPool.runAll();
            partition()
                    .writes()
                    .append(Batches.of(loop.nowMs(), "more" + i), (short) 1, 60_000, new RecordedTicket<>());
            loop.runAll();
        }
        settle();

        assertThat(logDir()).isEqualTo("/second");
        assertThat(partition().logEndOffset()).isEqualTo(90);
    }

    @Test
    void begins_where_its_records_begin() {
        partition().retention().deleteRecords(12);
        move("/second");
        assertThat(partition().logStartOffset()).isEqualTo(12);
        assertThat(partition().logEndOffset()).isEqualTo(30);

        partitions.moves().limit(20_000);
        move("/first");
        partition().retention().deleteRecords(28);
        partitions.moves().limit(Long.MAX_VALUE);
        pass(1_000);
        assertThat(logDir()).isEqualTo("/first");
        assertThat(partition().logStartOffset()).isEqualTo(28);
    }

    @Test
    void goes_with_its_topic() {
        happens(config("orders", "file.delete.delay.ms", "0"));
        partitions.moves().limit(20_000);
        move("/second");
        happens(new MetadataEvent.TopicDeleted(ORDERS));

        assertThat(names(first)).isEmpty();
        assertThat(names(second)).isEmpty();
    }

    @Test
    void goes_on_after_a_restart() throws Exception {
        partitions.moves().limit(20_000);
        move("/second");
        long lag = future().offsetLag();
        restart(TOPIC);
        pass(1_000);

        assertThat(lag).isPositive();
        assertThat(logDir()).isEqualTo("/second");
        assertThat(names(second)).containsExactly("orders-0");
        assertThat(readable()).isEqualTo(30);
    }

    @Test
    void waits_for_room() {
        second.leaveRoomFor(30_000);
        move("/second");
        assertThat(logDir()).isEqualTo("/first");
        assertThat(failures).isEmpty();
        assertThat(append("next").answer().baseOffset()).isEqualTo(30);

        second.makeRoom();
        pass(10_000);
        assertThat(logDir()).isEqualTo("/second");
        assertThat(readable()).isEqualTo(31);
    }

    @Test
    void stays_when_the_disk_fails_that_it_goes_to() {
        partitions.moves().limit(20_000);
        move("/second");
        second.breakDown();
        pass(60_000);

        assertThat(failures).containsExactly("/second, 1 left");
        assertThat(logDir()).isEqualTo("/first");
        assertThat(future()).isNull();
        assertThat(append("next").answer().baseOffset()).isEqualTo(30);
        assertThat(move("/first").answer()).isTrue();
    }

    @Test
    void is_offline_when_the_disk_fails_that_it_comes_from() throws Exception {
        partitions.moves().limit(20_000);
        move("/second");
        first.breakDown();
        pass(60_000);

        assertThat(failures).containsExactly("/first, 1 left");
        assertThat(partition().isOffline()).isTrue();

        first.mend();
        restart(TOPIC);
        pass(1_000);
        assertThat(logDir()).isEqualTo("/second");
        assertThat(readable()).isEqualTo(30);
    }

    @Nested
    class Asked_for_what_is_not_possible {

        @Test
        void does_not_go_to_a_directory_that_is_none() {
            assertThatThrownBy(() -> begin("/third")).isInstanceOf(LogDirNotFoundException.class);
        }

        @Test
        void does_not_go_to_a_directory_that_is_offline() {
            second.breakDown();
            pass(10_000);
            assertThatThrownBy(() -> begin("/second")).isInstanceOf(KafkaStorageException.class);
        }
    }

    @Nested
    class Not_there_yet {

        @Test
        void is_made_where_it_was_asked_to_be() {
            partitions.moves().wish("/first", "users", 0);
            happens(new MetadataEvent.TopicCreated("users", USERS), added(USERS, 0));

            assertThat(first.exists("users-0")).isTrue();
            assertThat(second.exists("users-0")).isFalse();
        }
    }
}
