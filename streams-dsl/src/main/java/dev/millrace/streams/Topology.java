package dev.millrace.streams;

import dev.millrace.streams.plan.TopologyPlan;
import java.util.Set;

/** A finished topology: data that an application or a test driver runs. Immutable, and free to be run several times. */
public final class Topology {

    private final TopologyPlan plan;

    Topology(TopologyPlan plan) {
        this.plan = plan;
    }

    /** Sub-topologies, operators and stores as text, in the format of Kafka Streams' {@code Topology#describe}. */
    public String describe() {
        return plan.describe();
    }

    /** Topics that the topology reads and that have to exist before it runs. */
    public Set<String> sourceTopics() {
        return plan.externalSourceTopics();
    }

    /** Topics that the topology writes to, leaving out the application's own. */
    public Set<String> sinkTopics() {
        return plan.externalSinkTopics();
    }

    /** The topology as data. */
    public TopologyPlan plan() {
        return plan;
    }

    @Override
    public String toString() {
        return describe();
    }
}
