package dev.millrace.broker.metadata;

import java.util.List;

/**
 * Who holds a partition, and who leads it.
 *
 * @param leader a broker id; -1 while there is none
 * @param leaderEpoch the term of the leader, raised with every change of leader (KIP-101)
 * @param partitionEpoch raised with every change of this image (KIP-497)
 * @param replicas in order of preference
 * @param isr the replicas that hold everything below the high watermark
 */
public record PartitionImage(
        int partition, int leader, int leaderEpoch, int partitionEpoch, List<Integer> replicas, List<Integer> isr) {

    /** The leader of a partition that has none. */
    public static final int NO_LEADER = -1;
}
