package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.PartitionListener;

/** Tells a host of shards what happens to the partitions of its topic. */
public final class HostedTopic implements PartitionListener {

    private final ShardHost<?, ?> host;

    public HostedTopic(ShardHost<?, ?> host) {
        this.host = host;
    }

    @Override
    public void onLeading(Partition partition, int leaderEpoch) {
        host.onElected(new LedPartition(partition, leaderEpoch));
    }

    @Override
    public void onResigned(Partition partition) {
        host.onResigned(partition.id().partition());
    }

    @Override
    public void onHighWatermark(Partition partition, long highWatermark) {
        host.onHighWatermark(partition.id().partition());
    }

    @Override
    public void onTransactionEnded(Partition partition, long producerId, short producerEpoch, boolean committed) {
        host.onTransactionEnded(
                partition.id().partition(), new ShardRecord.Producer(producerId, producerEpoch), committed);
    }
}
