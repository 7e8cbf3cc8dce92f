package dev.millrace.broker.simulation;

import dev.millrace.broker.coordinator.ShardPartition;
import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.ShardRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;

/**
 * A partition in memory that a shard can be hosted on. Commits what is appended at once, unless the test holds the high
 * watermark back; refuses or breaks appends and reads when told to.
 */
public final class SimulatedShardPartition implements ShardPartition {

    private final int partition;
    private final Loop loop;
    private final List<ReplayedBatch> batches = new ArrayList<>();
    private int leaderEpoch;
    private long logEndOffset;
    private long highWatermark;
    private boolean held;
    private ApiException refusal;
    private IOException appendFailure;
    private IOException replayFailure;
    private Runnable onAppended = () -> {};

    public SimulatedShardPartition(int partition, Loop loop) {
        this.partition = partition;
        this.loop = loop;
    }

    @Override
    public String topic() {
        return "__simulated";
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public long append(List<ShardRecord> records) throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        if (appendFailure != null) {
            throw appendFailure;
        }
        int from = 0;
        while (from < records.size()) {
            ShardRecord.Producer producer = records.get(from).producer();
            int to = from;
            while (to < records.size() && Objects.equals(records.get(to).producer(), producer)) {
                to++;
            }
            add(producer, null, records.subList(from, to));
            from = to;
        }
        onAppended.run();
        return logEndOffset;
    }

    /** As a transaction marker is appended: past the shard. */
    public void endTransaction(ShardRecord.Producer producer, boolean committed) {
        add(producer, committed ? ReplayedBatch.Marker.COMMIT : ReplayedBatch.Marker.ABORT, List.of());
    }

    private void add(ShardRecord.Producer producer, ReplayedBatch.Marker marker, List<ShardRecord> records) {
        List<ReplayedBatch.KeyValue> values = new ArrayList<>();
        long offset = logEndOffset;
        for (ShardRecord record : records) {
            values.add(new ReplayedBatch.KeyValue(
                    offset++,
                    loop.nowMs(),
                    ByteBuffer.wrap(record.key()),
                    record.value() == null ? null : ByteBuffer.wrap(record.value())));
        }
        long last = marker == null ? offset - 1 : offset++;
        batches.add(new ReplayedBatch(
                logEndOffset,
                last,
                producer == null ? -1 : producer.id(),
                producer == null ? -1 : producer.epoch(),
                producer != null,
                marker,
                values));
        logEndOffset = offset;
        if (!held) {
            highWatermark = logEndOffset;
        }
    }

    @Override
    public long logEndOffset() {
        return logEndOffset;
    }

    @Override
    public long highWatermark() {
        return highWatermark;
    }

    @Override
    public void replay(Consumer<ReplayedBatch> consumer) throws IOException {
        if (replayFailure != null) {
            throw replayFailure;
        }
        batches().forEach(consumer);
    }

    /** Everything below the log end, batch by batch. */
    public List<ReplayedBatch> batches() {
        return batches.stream().map(SimulatedShardPartition::readAgain).toList();
    }

    /** With buffers of its own: readers move their positions. */
    private static ReplayedBatch readAgain(ReplayedBatch batch) {
        List<ReplayedBatch.KeyValue> records = batch.records().stream()
                .map(record -> new ReplayedBatch.KeyValue(
                        record.offset(),
                        record.timestampMs(),
                        record.key() == null ? null : record.key().duplicate(),
                        record.value() == null ? null : record.value().duplicate()))
                .toList();
        return new ReplayedBatch(
                batch.baseOffset(),
                batch.lastOffset(),
                batch.producerId(),
                batch.producerEpoch(),
                batch.transactional(),
                batch.marker(),
                records);
    }

    /** The next term: whoever hosts a shard here must be told by the test. */
    public void startTerm(int epoch) {
        leaderEpoch = epoch;
    }

    /** From now on what is appended stays uncommitted. */
    public void holdHighWatermark() {
        held = true;
    }

    /** From now on what is appended is committed at once again. */
    public void releaseHighWatermark() {
        held = false;
    }

    /** Commits everything up to {@code offset}; whoever hosts a shard here must be told by the test. */
    public void commitTo(long offset) {
        highWatermark = offset;
    }

    /** Loses everything from {@code offset} on, as a leader that comes back as a follower does. */
    public void truncateTo(long offset) {
        batches.removeIf(batch -> batch.baseOffset() >= offset);
        logEndOffset = offset;
        highWatermark = Math.min(highWatermark, offset);
    }

    public void refuseAppends(ApiException error) {
        refusal = error;
    }

    public void breakAppends(IOException error) {
        appendFailure = error;
    }

    public void breakReplays(IOException error) {
        replayFailure = error;
    }

    /** Lets the disk work again. */
    public void mend() {
        refusal = null;
        appendFailure = null;
        replayFailure = null;
    }

    /** Called within each append, after the records stand in the log. */
    public void onAppended(Runnable task) {
        onAppended = task;
    }

    @Override
    public String toString() {
        return "partition " + partition + " " + Arrays.toString(batches.toArray());
    }
}
