package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.internals.Topic;

/** Decides on {@link CreateTopics}: Kafka's checks, in Kafka's order. */
final class TopicCreation {

    /** A request that makes more partitions than this is refused: they are decided on, and appended, in one piece. */
    static final int PARTITIONS_MAX = 10_000;

    private final ClusterImage image;
    private final ControllerSettings settings;
    private final TopicNames names;
    private final TopicNames siblings = new TopicNames();
    private final BrokerLoads loads;
    private final Supplier<Uuid> randomIds;
    private final Decision.Builder<MetadataEvent> decision = Decision.builder();
    private int partitionsTotal;

    TopicCreation(
            ClusterImage image,
            ControllerSettings settings,
            TopicNames names,
            BrokerLoads loads,
            Supplier<Uuid> randomIds) {
        this.image = image;
        this.settings = settings;
        this.names = names;
        this.loads = new BrokerLoads(loads);
        this.randomIds = randomIds;
    }

    Decision<MetadataEvent> decide(CreateTopics command) {
        Set<String> duplicates = duplicates(command.topics());
        List<CreateTopics.Outcome> outcomes = new ArrayList<>();
        for (CreateTopics.NewTopic topic : command.topics()) {
            if (duplicates.contains(topic.name())) {
                continue;
            }
            try {
                outcomes.add(create(topic, command.validateOnly()));
            } catch (ApiException e) {
                outcomes.add(CreateTopics.Outcome.refused(topic.name(), e));
            }
        }
        for (String name : duplicates) {
            outcomes.add(CreateTopics.Outcome.refused(name, new InvalidRequestException("Duplicate topic name.")));
        }
        return decision.answer(command.ticket(), List.copyOf(outcomes)).build();
    }

    private static Set<String> duplicates(List<CreateTopics.NewTopic> topics) {
        Set<String> seen = new HashSet<>();
        Set<String> duplicates = new TreeSet<>();
        for (CreateTopics.NewTopic topic : topics) {
            if (!seen.add(topic.name())) {
                duplicates.add(topic.name());
            }
        }
        return duplicates;
    }

    private CreateTopics.Outcome create(CreateTopics.NewTopic topic, boolean validateOnly) {
        if (topic.name().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)) {
            throw new InvalidRequestException("Creation of internal topic " + topic.name() + " is prohibited.");
        }
        names.check(topic.name(), image, siblings);
        Map<String, String> configs = checkedConfigs(topic);
        List<List<Integer>> replicas = topic.assignments().isEmpty() ? placed(topic) : assigned(topic);
        Uuid id = randomIds.get();
        siblings.add(topic.name());
        if (!validateOnly) {
            decision.event(new MetadataEvent.TopicCreated(topic.name(), id));
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
            configs.forEach((key, value) -> decision.event(new MetadataEvent.ConfigChanged(resource, key, value)));
            for (int partition = 0; partition < replicas.size(); partition++) {
                decision.event(new MetadataEvent.PartitionAdded(
                        id, ReplicaAssignments.newPartition(partition, replicas.get(partition))));
            }
        }
        return new CreateTopics.Outcome(
                topic.name(), id, replicas.size(), (short) replicas.get(0).size(), configs, null);
    }

    private static Map<String, String> checkedConfigs(CreateTopics.NewTopic topic) {
        Map<String, String> configs = new TreeMap<>();
        List<String> nulls = new ArrayList<>();
        topic.configs().forEach((key, value) -> {
            if (value == null) {
                nulls.add(key);
            } else {
                configs.put(key, value);
            }
        });
        if (!nulls.isEmpty()) {
            throw new InvalidConfigurationException(
                    "Null value not supported for topic configs: " + String.join(",", nulls));
        }
        TopicConfigs.check(configs);
        return configs;
    }

    private List<List<Integer>> placed(CreateTopics.NewTopic topic) {
        if (topic.replicationFactor() < -1 || topic.replicationFactor() == 0) {
            throw new InvalidReplicationFactorException(
                    "Replication factor must be larger than 0, or -1 to use the default value.");
        }
        if (topic.partitions() < -1 || topic.partitions() == 0) {
            throw new InvalidPartitionsException("Number of partitions was set to an invalid non-positive value.");
        }
        int partitions = topic.partitions() == -1 ? settings.defaultPartitions() : topic.partitions();
        short replicationFactor =
                topic.replicationFactor() == -1 ? settings.defaultReplicationFactor() : topic.replicationFactor();
        countIn(partitions);
        return new Placement(settings.cordonedLogDirs().leaveOpen(image), loads).place(partitions, replicationFactor);
    }

    private List<List<Integer>> assigned(CreateTopics.NewTopic topic) {
        if (topic.replicationFactor() != -1) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but replication factor was not set to -1.");
        }
        if (topic.partitions() != -1) {
            throw new InvalidRequestException(
                    "A manual partition assignment was specified, but numPartitions was not set to -1.");
        }
        countIn(topic.assignments().size());
        Map<Integer, List<Integer>> byPartition = new TreeMap<>();
        int replicationFactor = -1;
        for (CreateTopics.Assignment assignment : topic.assignments()) {
            if (byPartition.containsKey(assignment.partition())) {
                throw new InvalidReplicaAssignmentException(
                        "Found multiple manual partition assignments for partition " + assignment.partition());
            }
            ReplicaAssignments.check(assignment.brokers(), replicationFactor, image);
            replicationFactor = assignment.brokers().size();
            byPartition.put(assignment.partition(), assignment.brokers());
        }
        for (int partition = 0; partition < byPartition.size(); partition++) {
            if (!byPartition.containsKey(partition)) {
                throw new InvalidReplicaAssignmentException(
                        "partitions should be a consecutive 0-based integer sequence");
            }
        }
        List<List<Integer>> replicas = List.copyOf(byPartition.values());
        replicas.forEach(loads::placed);
        return replicas;
    }

    private void countIn(int partitions) {
        if (partitions > PARTITIONS_MAX - partitionsTotal) {
            throw new PolicyViolationException("A request may create " + PARTITIONS_MAX
                    + " partitions at most; create the topics in several requests, or add partitions later.");
        }
        partitionsTotal += partitions;
    }
}
