package dev.millrace.streams.plan;

import java.util.LinkedHashMap;
import java.util.Map;

/** Names and settings of the topics that an application makes for itself. */
public record InternalTopics(String applicationId, TopologyPlan plan) {

    /** The name on the broker of a topic that the plan names. */
    public String physical(String topic) {
        return plan.repartitionTopics().containsKey(topic) ? applicationId + "-" + topic : topic;
    }

    public String changelog(StoreSpec store) {
        return applicationId + "-" + store.name() + "-changelog";
    }

    /** What is in a repartition topic is input not yet processed: nothing in it may expire, whatever its event time. */
    public static Map<String, String> repartitionConfig() {
        return Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                "-1",
                "retention.bytes",
                "-1",
                "message.timestamp.type",
                "CreateTime");
    }

    /**
     * A changelog is compacted and never expires by time, of windows neither: records carry event time, which may be years
     * ago while the window is still open. Windows that close are deleted with tombstones instead.
     */
    public static Map<String, String> changelogConfig(StoreSpec store) {
        var config = new LinkedHashMap<String, String>();
        config.put("cleanup.policy", "compact");
        config.put("message.timestamp.type", "CreateTime");
        config.putAll(store.topicConfig());
        return config;
    }
}
