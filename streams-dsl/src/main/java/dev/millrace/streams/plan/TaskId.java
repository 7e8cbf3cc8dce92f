package dev.millrace.streams.plan;

/** A sub-topology at one partition of its input: the unit that is placed, run and restored. */
public record TaskId(int subTopology, int partition) implements Comparable<TaskId> {

    @Override
    public int compareTo(TaskId other) {
        int bySubTopology = Integer.compare(subTopology, other.subTopology);
        return bySubTopology != 0 ? bySubTopology : Integer.compare(partition, other.partition);
    }

    @Override
    public String toString() {
        return subTopology + "_" + partition;
    }
}
