package dev.millrace.connect.worker;

import dev.millrace.connect.task.TaskClock;
import dev.millrace.connect.task.TopicEnsurer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes topics as a connector wants them, once each. Owned by one task's thread. */
final class TopicMaker implements TopicEnsurer {

    private static final Logger LOG = LoggerFactory.getLogger(TopicMaker.class);
    private static final long RETRY_MS = 50;
    private static final int TRIES_MAX = 200;

    private final Admin admin;
    private final Function<String, NewTopic> wanted;
    private final TaskClock clock;
    private final Set<String> ensured = new HashSet<>();

    TopicMaker(Admin admin, Function<String, NewTopic> wanted, TaskClock clock) {
        this.admin = admin;
        this.wanted = wanted;
        this.clock = clock;
    }

    @Override
    public void ensure(String topic) {
        if (ensured.contains(topic)) {
            return;
        }
        try {
            if (!exists(topic)) {
                create(topic);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while topic " + topic + " was made", e);
        }
        ensured.add(topic);
    }

    private boolean exists(String topic) throws InterruptedException {
        try {
            admin.describeTopics(Set.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw new ConnectException("Cannot tell whether topic " + topic + " exists: " + e.getMessage(), e);
        }
    }

    private void create(String topic) throws InterruptedException {
        NewTopic settings = wanted.apply(topic);
        try {
            admin.createTopics(Set.of(settings)).all().get();
            LOG.info("Created topic {} with {} partitions", topic, settings.numPartitions());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new ConnectException("Cannot create topic " + topic + ": " + e.getMessage(), e);
            }
        }
        awaitLeaders(topic);
    }

    /**
     * Waits until every partition answers. A broker may take an idempotent producer's second batch while it still refuses
     * the first because it does not lead the partition yet; the producer could not mend that for minutes.
     */
    private void awaitLeaders(String topic) throws InterruptedException {
        for (int tries = 0; tries < TRIES_MAX; tries++) {
            try {
                Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
                for (TopicDescription described : admin.describeTopics(Set.of(topic))
                        .allTopicNames()
                        .get()
                        .values()) {
                    described
                            .partitions()
                            .forEach(partition -> partitions.put(
                                    new TopicPartition(topic, partition.partition()), OffsetSpec.latest()));
                }
                admin.listOffsets(partitions).all().get();
                return;
            } catch (ExecutionException e) {
                LOG.debug("Topic {} is not ready yet: {}", topic, e.getMessage());
                if (!clock.pause(RETRY_MS)) {
                    return; // The task is to stop.
                }
            }
        }
        throw new ConnectException("Topic " + topic + " was created, but its partitions got no leaders");
    }
}
