package dev.millrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.CordonedLogDirs;
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

/** A broker's partitions, on two loops and two log dirs, /first and /second, in virtual time. */
abstract class PartitionsSpec {

    static final Uuid ORDERS = new Uuid(1, 1);
    static final Uuid USERS = new Uuid(1, 2);

    final ManualLoop loop = new ManualLoop(1_000_000);
    final ManualLoop otherLoop = new ManualLoop(1_000_000);
    final ManualLoop diskPool = new ManualLoop();
    final NastyDisk disk = new NastyDisk(1, "/first");
    final NastyDisk otherDisk = new NastyDisk(2, "/second");

    /** What happened, since it was looked at last. */
    final List<String> told = new ArrayList<>();

    /** Each log dir that has failed, and how many it has left. */
    final List<String> failures = new ArrayList<>();

    private long version;
    ManualMetadataLog log;
    Partitions partitions;

    /** A broker starts on what the disks hold, and the entries of its earlier lives. */
    void start(MetadataEntry... entries) throws IOException {
        log = new ManualMetadataLog().given(entries);
        version = entries.length;
        ClusterMetadata metadata = new ClusterMetadata(
                new ManualLoop(),
                log,
                new Controller(ClusterImage.empty("c"), ControllerSettings.DEFAULT, Uuid::randomUuid));
        partitions = new Partitions(
                new PartitionSettings(
                        1,
                        1000,
                        86_400_000,
                        CleanerSettings.DEFAULT,
                        0,
                        Map.of(),
                        new CordonedLogDirs(Map.of("/first", "/first", "/second", "/second"), "")),
                List.of(disk, otherDisk),
                List.of(loop, otherLoop),
                diskPool);
        partitions.onLogDirFailure((logDir, alive) -> failures.add(logDir + ", " + alive.size() + " left"));
        partitions.listen("orders", new Listening());
        metadata.subscribe((change, ready) -> partitions.onImage(change, () -> {
            told.add("ready");
            ready.run();
        }));
        partitions.start();
        metadata.start(() -> {});
        settle();
        told.clear();
    }

    /** The process is gone, and another one starts. */
    void restart(MetadataEvent... known) throws IOException {
        disk.killProcess();
        otherDisk.killProcess();
        partitions.close(() -> {});
        settle();
        failures.clear();
        start(new MetadataEntry(0, 0, List.of(known)));
    }

    private final class Listening implements PartitionListener {
        @Override
        public void onLeading(Partition partition, int leaderEpoch) {
            told.add("leading " + partition.id().partition());
        }

        @Override
        public void onResigned(Partition partition) {
            told.add("resigned " + partition.id().partition());
        }

        @Override
        public void onHighWatermark(Partition partition, long highWatermark) {}

        @Override
        public void onTransactionEnded(Partition partition, long producerId, short epoch, boolean committed) {}
    }

    void settle() {
        do {
            diskPool.runAll();
            loop.runAll();
            otherLoop.runAll();
        } while (diskPool.hasTasks() || loop.hasTasks());
    }

    void pass(long ms) {
        loop.advance(ms);
        otherLoop.advance(ms);
        settle();
    }

    MetadataEntry entry(MetadataEvent... events) {
        return new MetadataEntry(0, version++, List.of(events));
    }

    void happens(MetadataEvent... events) {
        log.commit(entry(events));
        settle();
    }

    static MetadataEvent[] topic(String name, Uuid id, int count) {
        List<MetadataEvent> events = new ArrayList<>();
        events.add(new MetadataEvent.TopicCreated(name, id));
        for (int partition = 0; partition < count; partition++) {
            events.add(added(id, partition));
        }
        return events.toArray(new MetadataEvent[0]);
    }

    static MetadataEvent added(Uuid id, int partition) {
        return new MetadataEvent.PartitionAdded(id, new PartitionImage(partition, 1, 0, 0, List.of(1), List.of(1)));
    }

    static MetadataEvent config(String topic, String name, String value) {
        return new MetadataEvent.ConfigChanged(new ConfigResource(ConfigResource.Type.TOPIC, topic), name, value);
    }

    static MetadataEvent cordon(String logDirs) {
        return new MetadataEvent.ConfigChanged(
                new ConfigResource(ConfigResource.Type.BROKER, "1"), "cordoned.log.dirs", logDirs);
    }

    Partition partition(Uuid topic, int number) {
        Partition partition = partitions.find(topic, number);
        assertThat(partition).isNotNull();
        return partition;
    }

    RecordedTicket<AppendResult> append(Uuid topic, int number, String value) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        partition(topic, number).writes().append(Batches.of(loop.nowMs(), value), (short) -1, 60_000, ticket);
        settle();
        return ticket;
    }
}
