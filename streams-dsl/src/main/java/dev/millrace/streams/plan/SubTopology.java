package dev.millrace.streams.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Operators that are connected without a topic between them, and so run together. Each partition of its topics makes a task.
 *
 * @param nodes parents before children
 */
public record SubTopology(int id, List<PlanNode> nodes) {

    /** Topics read, without the application's id in front of its own. */
    public Set<String> sourceTopics() {
        var topics = new LinkedHashSet<String>();
        for (PlanNode node : nodes) {
            if (node.step() instanceof Step.Source source) {
                topics.addAll(source.topics());
            }
        }
        return topics;
    }

    /** Topics written, without the application's id in front of its own. */
    public Set<String> sinkTopics() {
        var topics = new LinkedHashSet<String>();
        for (PlanNode node : nodes) {
            if (node.step() instanceof Step.Sink sink) {
                topics.add(sink.topic());
            }
        }
        return topics;
    }

    public List<StoreSpec> stores() {
        var stores = new ArrayList<StoreSpec>();
        for (PlanNode node : nodes) {
            StoreSpec store = node.step().storeOrNull();
            if (store != null) {
                stores.add(store);
            }
        }
        return stores;
    }
}
