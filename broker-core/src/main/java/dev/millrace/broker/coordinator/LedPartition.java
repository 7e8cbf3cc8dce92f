package dev.millrace.broker.coordinator;

import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.partition.Partition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** A partition of this broker, for one term of its leadership. */
final class LedPartition implements ShardPartition {

    private final Partition partition;
    private final int leaderEpoch;

    LedPartition(Partition partition, int leaderEpoch) {
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
    }

    @Override
    public String topic() {
        return partition.id().topic();
    }

    @Override
    public int partition() {
        return partition.id().partition();
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public Loop loop() {
        return partition.loop();
    }

    @Override
    public long append(List<ShardRecord> records) {
        return partition
                        .writes()
                        .appendOwn(batches(records, loop().nowMs()), leaderEpoch)
                        .lastOffset()
                + 1;
    }

    /** One batch for each run of records of the same producer. */
    private static ByteBuffer batches(List<ShardRecord> records, long nowMs) {
        List<ByteBuffer> batches = new ArrayList<>();
        for (int from = 0, to; from < records.size(); from = to) {
            ShardRecord.Producer producer = records.get(from).producer();
            List<BatchBuilder.KeyValue> run = new ArrayList<>();
            for (to = from; to < records.size(); to++) {
                ShardRecord record = records.get(to);
                if (!Objects.equals(record.producer(), producer)) {
                    break;
                }
                run.add(new BatchBuilder.KeyValue(record.key(), record.value()));
            }
            batches.add(
                    producer == null
                            ? BatchBuilder.batch(run, nowMs)
                            : BatchBuilder.transactionalBatch(run, nowMs, producer.id(), producer.epoch()));
        }
        return batches.size() == 1 ? batches.get(0) : joined(batches);
    }

    private static ByteBuffer joined(List<ByteBuffer> batches) {
        ByteBuffer all = ByteBuffer.allocate(
                batches.stream().mapToInt(ByteBuffer::remaining).sum());
        batches.forEach(all::put);
        return all.flip();
    }

    @Override
    public long logEndOffset() {
        return partition.logEndOffset();
    }

    @Override
    public long highWatermark() {
        return partition.highWatermark();
    }

    @Override
    public void replay(Consumer<ReplayedBatch> consumer) throws IOException {
        partition.reads().replay(consumer);
    }
}
