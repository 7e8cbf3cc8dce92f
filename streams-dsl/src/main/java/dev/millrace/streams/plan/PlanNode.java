package dev.millrace.streams.plan;

import java.util.List;

/**
 * One operator of a topology.
 *
 * @param index its place in the order of writing; parents come before their children
 */
public record PlanNode(int index, String name, Step step, List<PlanNode> parents) {

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return index;
    }

    @Override
    public String toString() {
        return name;
    }
}
