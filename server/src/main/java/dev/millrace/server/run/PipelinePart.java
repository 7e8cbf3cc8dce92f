package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import dev.millrace.server.UserError;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What this process runs of a pipeline; the rest runs elsewhere. Immutable.
 *
 * @param whole the pipeline with all its parts: what is through is decided by all of them
 * @param connectors those that run here, by name
 * @param jobs those that run here, by name
 */
record PipelinePart(Pipeline whole, Map<String, Map<String, String>> connectors, Map<String, Pipeline.Job> jobs) {

    /**
     * @param only names of connectors and jobs; empty: all
     * @throws UserError for a name that the pipeline does not have
     */
    static PipelinePart of(Pipeline whole, Set<String> only) {
        if (only.isEmpty()) {
            return new PipelinePart(whole, whole.connectors(), whole.jobs());
        }
        for (String part : only) {
            if (!whole.connectors().containsKey(part) && !whole.jobs().containsKey(part)) {
                throw new UserError("--only " + part + ": the pipeline has no such connector or job; it has "
                        + whole.connectors().keySet() + " and " + whole.jobs().keySet());
            }
        }
        Map<String, Map<String, String>> connectors = new LinkedHashMap<>(whole.connectors());
        connectors.keySet().retainAll(only);
        Map<String, Pipeline.Job> jobs = new LinkedHashMap<>(whole.jobs());
        jobs.keySet().retainAll(only);
        return new PipelinePart(whole, connectors, jobs);
    }

    /** Whether nothing of the pipeline runs elsewhere. */
    boolean isWhole() {
        return holdsAllConnectors() && jobs.size() == whole.jobs().size();
    }

    /**
     * Whether this process knows that the input has ended: all sources are here. A part without them is fed from elsewhere
     * and can't tell an end from a pause.
     */
    boolean holdsAllSources() {
        return whole.connectors().entrySet().stream()
                .filter(connector -> !isSink(connector.getValue()))
                .allMatch(connector -> connectors.containsKey(connector.getKey()));
    }

    /** A sink is what is given topics to read. */
    static boolean isSink(Map<String, String> connector) {
        return connector.containsKey("topics") || connector.containsKey("topics.regex");
    }

    /**
     * The topic with the connectors' configs. Workers run what they find in it, so parts that divide the connectors between them
     * must not share it; offsets and statuses are kept by connector and may be shared.
     */
    String configTopic(String connectGroup) {
        return holdsAllConnectors()
                ? connectGroup + "-configs"
                : connectGroup + "-configs-" + String.join("-", new TreeSet<>(connectors.keySet()));
    }

    private boolean holdsAllConnectors() {
        return connectors.size() == whole.connectors().size();
    }
}
