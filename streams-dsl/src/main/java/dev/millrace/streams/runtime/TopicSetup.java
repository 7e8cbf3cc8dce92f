package dev.millrace.streams.runtime;

import dev.millrace.streams.errors.StreamsException;
import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.PartitionCounts;
import dev.millrace.streams.plan.StoreSpec;
import dev.millrace.streams.plan.SubTopology;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that all topics are there before the first thread joins the group. Every instance does the same; topics that
 * another one has made meanwhile are as good.
 */
public final class TopicSetup {

    private static final Logger LOG = LoggerFactory.getLogger(TopicSetup.class);
    private static final long CALL_TIMEOUT_MS = 30_000;

    private final Engine engine;
    private final Admin admin;
    private final Backoff backoff = new Backoff();
    private final BooleanSupplier closing;

    public TopicSetup(Engine engine, Admin admin, BooleanSupplier closing) {
        this.engine = engine;
        this.admin = admin;
        this.closing = closing;
    }

    /**
     * Waits for input topics that are not there yet, up to {@code task.timeout.ms}, and makes the application's own.
     *
     * @return whether all topics are there; false if asked to close meanwhile
     * @throws StreamsException if input topics stay missing, or topics don't fit the topology
     */
    public boolean run() throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(engine.settings.taskTimeoutMs());
        while (!closing.getAsBoolean()) {
            String problem;
            try {
                Set<String> missing = tryOnce();
                if (missing.isEmpty()) {
                    return true;
                }
                problem = "input topics do not exist: " + missing;
            } catch (RetriableException e) {
                problem = String.valueOf(e.getMessage());
            }
            if (System.nanoTime() >= deadlineNs) {
                throw new StreamsException("Application '" + engine.settings.applicationId() + "' can't start after "
                        + engine.settings.taskTimeoutMs() + " ms: " + problem);
            }
            LOG.info("Waiting to start: application={} reason={}", engine.settings.applicationId(), problem);
            Thread.sleep(backoff.nextMs());
        }
        return false;
    }

    private Set<String> tryOnce() throws InterruptedException {
        InternalTopics topics = engine.topics;
        Map<String, Integer> external = countsOf(topics.plan().externalSourceTopics());
        var missing = new TreeSet<>(topics.plan().externalSourceTopics());
        missing.removeAll(external.keySet());
        if (!missing.isEmpty()) {
            return missing;
        }
        PartitionCounts counts = PartitionCounts.resolve(topics.plan(), external);
        Map<String, NewTopic> wanted = wanted(counts);
        Map<String, Integer> there = countsOf(wanted.keySet());
        for (NewTopic topic : wanted.values()) {
            Integer existing = there.get(topic.name());
            if (existing == null) {
                create(topic);
            } else if (existing != topic.numPartitions()) {
                throw new TopologyException(
                        "Internal topic '" + topic.name() + "' has " + existing + " partitions and the topology "
                                + "needs " + topic.numPartitions()
                                + ": the input's partitions or the topology have changed. Delete the "
                                + "application's internal topics to start afresh, or give it another application.id.");
            }
        }
        return Set.of();
    }

    private Map<String, NewTopic> wanted(PartitionCounts counts) {
        InternalTopics topics = engine.topics;
        var wanted = new LinkedHashMap<String, NewTopic>();
        counts.repartitionTopics().forEach((name, partitions) -> {
            String physical = topics.physical(name);
            wanted.put(physical, topic(physical, partitions, InternalTopics.repartitionConfig()));
        });
        for (SubTopology sub : topics.plan().subTopologies()) {
            for (StoreSpec store : sub.stores()) {
                if (store.logged()) {
                    String name = topics.changelog(store);
                    wanted.put(name, topic(name, counts.tasksOf(sub), InternalTopics.changelogConfig(store)));
                }
            }
        }
        return wanted;
    }

    private NewTopic topic(String name, int partitions, Map<String, String> config) {
        var all = new HashMap<>(engine.settings.topicConfig());
        all.putAll(config);
        short replication = engine.settings.replicationFactor();
        Optional<Short> factor = replication < 1 ? Optional.empty() : Optional.of(replication);
        return new NewTopic(name, Optional.of(partitions), factor).configs(all);
    }

    private void create(NewTopic topic) throws InterruptedException {
        try {
            await(admin.createTopics(Set.of(topic)).all());
            LOG.info("Topic created: topic={} partitions={}", topic.name(), topic.numPartitions());
        } catch (TopicExistsException madeMeanwhile) {
            LOG.debug("Topic exists: topic={}", topic.name());
        }
    }

    private Map<String, Integer> countsOf(Collection<String> topics) throws InterruptedException {
        var counts = new HashMap<String, Integer>();
        for (Map.Entry<String, KafkaFuture<TopicDescription>> described :
                admin.describeTopics(topics).topicNameValues().entrySet()) {
            try {
                counts.put(
                        described.getKey(),
                        await(described.getValue()).partitions().size());
            } catch (UnknownTopicOrPartitionException absent) {
                LOG.debug("Topic is missing: topic={}", described.getKey());
            }
        }
        return counts;
    }

    static <T> T await(KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get(CALL_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new org.apache.kafka.common.errors.TimeoutException(
                    "No answer within " + CALL_TIMEOUT_MS + " ms.", e);
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new StreamsException("A request to the brokers failed: " + cause, cause);
        }
    }
}
