package dev.millrace.connect.worker.storage;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the storage topics where they are missing, and refuses those that would lose what is kept in them. */
public final class StorageTopics {

    private static final Logger LOG = LoggerFactory.getLogger(StorageTopics.class);
    private static final short COPIES_MAX = 3;
    private static final long TIMEOUT_MS = 30_000;

    private final Admin admin;

    public StorageTopics(Admin admin) {
        this.admin = admin;
    }

    /** @param copies null for 3 or the number of brokers, whichever is less */
    public record Wanted(
            String name, int partitions, @Nullable Short copies, Map<String, String> settings) {}

    /**
     * Returns once all topics exist.
     *
     * @return the number of partitions that each has
     * @throws ConnectException when one cannot be made, or is not compacted
     */
    public Map<String, Integer> ensure(List<Wanted> wanted) {
        Map<String, Integer> partitions = new HashMap<>();
        for (Wanted topic : wanted) {
            TopicDescription present = describe(topic.name());
            if (present == null) {
                create(topic);
                partitions.put(topic.name(), topic.partitions());
            } else {
                requireCompaction(topic.name());
                partitions.put(topic.name(), present.partitions().size());
            }
        }
        return partitions;
    }

    private @Nullable TopicDescription describe(String topic) {
        try {
            return get(admin.describeTopics(Set.of(topic)).allTopicNames(), "describe topic " + topic)
                    .get(topic);
        } catch (ConnectException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    private void create(Wanted wanted) {
        short copies = Optional.ofNullable(wanted.copies()).orElseGet(this::affordableCopies);
        Map<String, String> settings = new HashMap<>(wanted.settings());
        settings.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        NewTopic topic = new NewTopic(wanted.name(), wanted.partitions(), copies).configs(settings);
        try {
            get(admin.createTopics(Set.of(topic)).all(), "create topic " + wanted.name());
            LOG.info("Created topic {} with {} partitions and {} copies", wanted.name(), wanted.partitions(), copies);
        } catch (ConnectException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
            LOG.debug("Another worker has just created topic {}", wanted.name());
        }
    }

    private short affordableCopies() {
        int brokers = get(admin.describeCluster().nodes(), "count the brokers").size();
        return (short) Math.min(COPIES_MAX, brokers);
    }

    private void requireCompaction(String topic) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config;
        try {
            config = get(admin.describeConfigs(Set.of(resource)).all(), "read the settings of topic " + topic)
                    .get(resource);
        } catch (ConnectException e) {
            LOG.warn("Cannot tell whether topic {} is compacted: {}", topic, e.getMessage());
            return;
        }
        var policy = config == null ? null : config.get(TopicConfig.CLEANUP_POLICY_CONFIG);
        if (policy != null && policy.value() != null && policy.value().contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
            throw new ConnectException("Topic " + topic + " has cleanup.policy=" + policy.value()
                    + " and would lose the worker's state: set it to compact, or name another topic");
        }
    }

    private static <T> T get(KafkaFuture<T> future, String what) {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof ApiException refused ? refused : e;
            throw new ConnectException("Cannot " + what + ": " + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new ConnectException("Cannot " + what + ": the cluster does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted; could not " + what, e);
        }
    }
}
