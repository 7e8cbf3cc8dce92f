package dev.millrace.streams.runtime;

import dev.millrace.streams.config.Settings;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.SubTopology;
import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.process.Counters;
import dev.millrace.streams.process.RecordCollector;
import dev.millrace.streams.process.StreamTask;
import dev.millrace.streams.process.TaskBlueprint;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the threads of one running application share. Immutable but for the counters, which are made for that. */
public final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** What a changed entry is taken to weigh when the cache's bytes are turned into a number of entries. */
    private static final int ENTRY_BYTES = 128;

    final Settings settings;
    final InternalTopics topics;
    final Clients clients;
    final TaskBlueprint blueprint;
    private final Map<String, SubTopology> subTopologyByTopic = new HashMap<>();

    public Engine(Settings settings, InternalTopics topics, String processId, Counters counters) {
        this.settings = settings;
        this.topics = topics;
        this.clients = new Clients(settings, topics, processId);
        long cacheEntries = settings.cacheBytes() / ENTRY_BYTES / settings.threads();
        this.blueprint = new TaskBlueprint(
                topics,
                settings.defaults(),
                settings.failurePolicy(),
                (int) Math.min(Integer.MAX_VALUE, cacheEntries),
                counters);
        for (SubTopology sub : topics.plan().subTopologies()) {
            sub.sourceTopics().forEach(topic -> subTopologyByTopic.put(topics.physical(topic), sub));
        }
    }

    /**
     * Tries out every sub-topology, so that a missing serde is an error of the one who starts the application.
     *
     * @throws dev.millrace.streams.errors.TopologyException naming the operator
     */
    public static void check(Settings settings, InternalTopics topics) {
        var blueprint = new TaskBlueprint(topics, settings.defaults(), settings.failurePolicy(), 0, new Counters());
        RecordCollector nowhere = (topic, partition, key, value, timestampMs, headers) -> {};
        for (SubTopology sub : topics.plan().subTopologies()) {
            var partitions = new HashMap<TopicPartition, Long>();
            sub.sourceTopics().forEach(topic -> partitions.put(new TopicPartition(topics.physical(topic), 0), -1L));
            var tried = new StreamTask(new TaskId(sub.id(), 0), sub, blueprint, nowhere, partitions);
            LOG.debug(
                    "Sub-topology {} can be built, with {} stores.",
                    sub.id(),
                    tried.stores().size());
        }
    }

    public Clients clients() {
        return clients;
    }

    Counters counters() {
        return blueprint.counters();
    }

    /** Input and repartition topics, by their names on the broker. */
    Set<String> inputTopics() {
        return new TreeSet<>(subTopologyByTopic.keySet());
    }

    SubTopology subTopology(TaskId task) {
        return topics.plan().subTopologies().get(task.subTopology());
    }

    TaskId taskOf(TopicPartition partition) {
        SubTopology sub = subTopologyByTopic.get(partition.topic());
        if (sub == null) {
            throw new IllegalArgumentException("Nothing reads " + partition);
        }
        return new TaskId(sub.id(), partition.partition());
    }
}
