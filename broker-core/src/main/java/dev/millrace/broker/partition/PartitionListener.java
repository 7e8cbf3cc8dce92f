package dev.millrace.broker.partition;

/** Follows the partitions of one topic: the coordinators' shards. Called on each partition's own loop. */
public interface PartitionListener {

    /** This broker leads the partition from now on, in this term; appends are possible. */
    void onLeading(Partition partition, int leaderEpoch);

    /** This broker does not lead the partition any more: another term, a failed disk, a deleted topic, the shutdown. */
    void onResigned(Partition partition);

    /** Everything below is committed. */
    void onHighWatermark(Partition partition, long highWatermark);

    /** A control batch was appended: the producer's transaction has ended on this partition. */
    void onTransactionEnded(Partition partition, long producerId, short producerEpoch, boolean committed);

    /** Follows nothing. */
    PartitionListener NONE = new PartitionListener() {
        @Override
        public void onLeading(Partition partition, int leaderEpoch) {}

        @Override
        public void onResigned(Partition partition) {}

        @Override
        public void onHighWatermark(Partition partition, long highWatermark) {}

        @Override
        public void onTransactionEnded(Partition partition, long producerId, short producerEpoch, boolean committed) {}
    };
}
