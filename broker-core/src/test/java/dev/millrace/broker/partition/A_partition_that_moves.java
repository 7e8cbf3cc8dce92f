package dev.millrace.broker.partition;

import static org.apache.kafka.common.IsolationLevel.READ_UNCOMMITTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.Disk;
import dev.millrace.broker.log.DiskFile;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.ManualMetadataLog;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.LogDirNotFoundException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** "orders" of two log dirs goes from the first to the second. */
class A_partition_that_moves {

    private static final Uuid ORDERS = new Uuid(1, 1);
    private static final Uuid USERS = new Uuid(1, 2);
    private static final MetadataEvent[] TOPIC = {
        new MetadataEvent.TopicCreated("orders", ORDERS),
        added(ORDERS),
        config("orders", "internal.segment.bytes", "20000")
    };

    private final ManualLoop loop = new ManualLoop(1_000_000);
    private final ManualLoop diskPool = new ManualLoop();
    private final NastyDisk first = new NastyDisk(1);
    private final NastyDisk second = new NastyDisk(2);
    private final List<String> failures = new ArrayList<>();
    private long version;
    private ManualMetadataLog log;
    private Partitions partitions;

    @BeforeEach
    void hold_a_partition_with_records() throws Exception {
        start();
        happens(TOPIC);
        for (int i = 0; i < 30; i++) {
            append("a" + i + "x".repeat(5000));
        }
        assertThat(first.exists("orders-0")).isTrue();
    }

    /** The disks are told apart by name. */
    private record Named(Disk disk, String name) implements Disk {
        @Override
        public DiskFile open(String path, boolean create) throws IOException {
            return disk.open(path, create);
        }

        @Override
        public boolean exists(String path) throws IOException {
            return disk.exists(path);
        }

        @Override
        public List<Entry> list(String directory) throws IOException {
            return disk.list(directory);
        }

        @Override
        public void createDirectory(String directory) throws IOException {
            disk.createDirectory(directory);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(String path) throws IOException {
            disk.delete(path);
        }

        @Override
        public void syncDirectory(String directory) throws IOException {
            disk.syncDirectory(directory);
        }

        @Override
        public Space space() throws IOException {
            return disk.space();
        }

        @Override
        public String describe(String path) {
            return name + path;
        }
    }

    private void start(MetadataEvent... known) throws Exception {
        MetadataEntry[] entries = known.length == 0
                ? new MetadataEntry[0]
                : new MetadataEntry[] {new MetadataEntry(0, 0, List.of(known))};
        log = new ManualMetadataLog().given(entries);
        version = entries.length;
        ClusterMetadata metadata = new ClusterMetadata(
                new ManualLoop(),
                log,
                new Controller(ClusterImage.empty("c"), ControllerSettings.DEFAULT, Uuid::randomUuid));
        partitions = new Partitions(
                new PartitionSettings(1, 300_000, 86_400_000, Map.of()),
                List.of(new Named(first, "/first"), new Named(second, "/second")),
                List.of(loop),
                diskPool);
        partitions.onLogDirFailure((logDir, alive) -> failures.add(logDir));
        metadata.subscribe(partitions);
        partitions.start();
        metadata.start(() -> {});
        settle();
    }

    private void restart() throws Exception {
        first.killProcess();
        second.killProcess();
        partitions.close(() -> {});
        settle();
        failures.clear();
        start(TOPIC);
    }

    private void settle() {
        for (int i = 0; i < 100; i++) {
            diskPool.runAll();
            loop.runAll();
        }
    }

    private void pass(long ms) {
        loop.advance(ms);
        settle();
    }

    private void happens(MetadataEvent... events) {
        log.commit(new MetadataEntry(0, version++, List.of(events)));
        settle();
    }

    private static MetadataEvent added(Uuid id) {
        return new MetadataEvent.PartitionAdded(id, new PartitionImage(0, 1, 0, 0, List.of(1), List.of(1)));
    }

    private static MetadataEvent config(String topic, String name, String value) {
        return new MetadataEvent.ConfigChanged(new ConfigResource(ConfigResource.Type.TOPIC, topic), name, value);
    }

    private RecordedTicket<AppendResult> append(String value) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        partition().writes().append(Batches.of(loop.nowMs(), value), (short) -1, 60_000, ticket);
        settle();
        return ticket;
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
        try (FetchedRecordsView records = new FetchedRecordsView(partition())) {
            return records.nextOffset();
        }
    }

    /** All of the partition, to its end. */
    private record FetchedRecordsView(FetchedRecords records) implements AutoCloseable {
        FetchedRecordsView(Partition partition) {
            this(partition
                    .reads()
                    .read(
                            partition.logEndOffset() - 1,
                            1 << 20,
                            true,
                            READ_UNCOMMITTED,
                            Partition.NO_EPOCH,
                            Partition.NO_EPOCH));
        }

        long nextOffset() {
            return records.records().nextOffset();
        }

        @Override
        public void close() {
            records.release();
        }
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
        restart();
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

        assertThat(failures).containsExactly("/second");
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

        assertThat(failures).containsExactly("/first");
        assertThat(partition().isOffline()).isTrue();

        first.mend();
        restart();
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
            happens(new MetadataEvent.TopicCreated("users", USERS), added(USERS));

            assertThat(first.exists("users-0")).isTrue();
            assertThat(second.exists("users-0")).isFalse();
        }
    }
}
