package dev.millrace.broker.partition;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.Batches;
import dev.millrace.broker.log.LogReader;
import dev.millrace.broker.log.PartitionLog;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

/** A partition on broker 1 over a disk in memory, under virtual time, for specifications. */
final class LedPartition implements PartitionListener {

    static final TopicIdPartition ID = new TopicIdPartition(new Uuid(1, 1), new TopicPartition("orders", 0));

    final ManualLoop loop = new ManualLoop(1_000_000);
    final ManualLoop diskPool = new ManualLoop();
    final NastyDisk disk;
    final List<String> told = new ArrayList<>();
    final List<PartitionLog> failedLogs = new ArrayList<>();
    final List<String> space = new ArrayList<>();
    final Partition partition;
    private final Map<String, String> configs;

    LedPartition(List<Integer> isr, Map<String, String> configs) {
        this(isr, configs, new NastyDisk(1));
    }

    private LedPartition(List<Integer> isr, Map<String, String> configs, NastyDisk disk) {
        this.disk = disk;
        this.configs = new HashMap<>(configs);
        partition = new Partition(ID, 1, loop, diskPool, this, image(0, isr), config(), new StorageEvents() {
            @Override
            public void onFailure(Partition failed, PartitionLog log, Exception cause) {
                failedLogs.add(log);
            }

            @Override
            public void onLog(Partition opened, @Nullable PartitionLog log) {}

            @Override
            public void onFull(Partition full, Exception cause) {
                space.add("full");
            }

            @Override
            public void onRoom(Partition full) {
                space.add("room");
            }
        });
    }

    static LedPartition alone() throws IOException {
        return alone(Map.of());
    }

    static LedPartition alone(Map<String, String> configs) throws IOException {
        LedPartition led = new LedPartition(List.of(1), configs);
        led.open();
        return led;
    }

    /** After a crash: another broker over the same disk. */
    LedPartition restarted(Map<String, String> newConfigs) throws IOException {
        LedPartition led = new LedPartition(List.of(1), newConfigs, disk);
        led.open();
        return led;
    }

    /** What a reader sees, by offset. */
    Map<Long, String> values() throws IOException {
        Map<Long, String> values = new HashMap<>();
        FetchedRecords records = read(0, IsolationLevel.READ_UNCOMMITTED);
        if (records.records() != null) {
            MemoryRecords.readableRecords(LogReader.bytes(records.records()))
                    .records()
                    .forEach(record -> values.put(
                            record.offset(),
                            StandardCharsets.UTF_8.decode(record.value()).toString()));
        }
        records.release();
        return values;
    }

    void open() throws IOException {
        partition.onOpened(PartitionLog.open(disk, "orders-0", config().log(), loop.nowMs()));
    }

    PartitionConfig config() {
        return config(Map.of());
    }

    private PartitionConfig config(Map<String, String> ofBroker) {
        return PartitionConfig.of(configs, new BrokerConfigLayers(Map.of(), Map.of(), ofBroker), 86_400_000);
    }

    /** The operator switches the verification of transactions off. */
    void verifyNothing() {
        partition.onImage(image(0, List.of(1)), config(Map.of("transaction.partition.verification.enable", "false")));
    }

    static PartitionImage image(int leaderEpoch, List<Integer> isr) {
        return new PartitionImage(0, 1, leaderEpoch, leaderEpoch, List.of(1, 2, 3), isr);
    }

    RecordedTicket<AppendResult> append(int acks, String... values) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        partition.writes().append(Batches.of(loop.nowMs(), values), (short) acks, 30_000, ticket);
        return ticket;
    }

    RecordedTicket<AppendResult> appendTransactional(long producerId, int sequence, String... values) {
        RecordedTicket<AppendResult> ticket = new RecordedTicket<>();
        TransactionalBatch batch = new TransactionalBatch(producerId, (short) 0, sequence);
        if (partition.writes().needsVerification(batch, false)) {
            partition.writes().verified(partition.writes().awaitVerification(batch, false, new RecordedTicket<>()));
        }
        partition
                .writes()
                .append(
                        Batches.transactional(loop.nowMs(), producerId, (short) 0, sequence, values),
                        (short) -1,
                        30_000,
                        ticket);
        return ticket;
    }

    FetchedRecords read(long offset, IsolationLevel isolation) {
        return partition.reads().read(offset, 1 << 20, true, isolation, Partition.NO_EPOCH, Partition.NO_EPOCH);
    }

    /** How far a reader gets who begins at {@code offset}. */
    long readableFrom(long offset, IsolationLevel isolation) {
        FetchedRecords records = read(offset, isolation);
        records.release();
        return records.records() == null ? -1 : records.records().nextOffset();
    }

    @Override
    public void onLeading(Partition led, int leaderEpoch) {
        told.add("leading " + leaderEpoch);
    }

    @Override
    public void onResigned(Partition led) {
        told.add("resigned");
    }

    @Override
    public void onHighWatermark(Partition led, long highWatermark) {
        told.add("high watermark " + highWatermark);
    }

    @Override
    public void onTransactionEnded(Partition led, long producerId, short producerEpoch, boolean committed) {
        told.add((committed ? "committed " : "aborted ") + producerId);
    }
}
