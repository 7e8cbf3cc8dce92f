package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Decides on {@link CreatePartitions}. */
final class PartitionCreation {

    private final ClusterImage image;
    private final ControllerSettings settings;
    private final BrokerLoads loads;
    private final Decision.Builder<MetadataEvent> decision = Decision.builder();

    PartitionCreation(ClusterImage image, ControllerSettings settings, BrokerLoads loads) {
        this.image = image;
        this.settings = settings;
        this.loads = new BrokerLoads(loads);
    }

    Decision<MetadataEvent> decide(CreatePartitions command) {
        Set<String> seen = new HashSet<>();
        Set<String> duplicates = new TreeSet<>();
        command.topics().stream()
                .map(CreatePartitions.Increase::name)
                .filter(name -> !seen.add(name))
                .forEach(duplicates::add);
        List<CreatePartitions.Outcome> outcomes = new ArrayList<>();
        for (String name : duplicates) {
            outcomes.add(new CreatePartitions.Outcome(name, new InvalidRequestException("Duplicate topic name.")));
        }
        for (CreatePartitions.Increase increase : command.topics()) {
            if (!duplicates.contains(increase.name())) {
                outcomes.add(outcome(increase, command.validateOnly()));
            }
        }
        return decision.answer(command.ticket(), List.copyOf(outcomes)).build();
    }

    private CreatePartitions.Outcome outcome(CreatePartitions.Increase increase, boolean validateOnly) {
        try {
            add(increase, validateOnly);
            return new CreatePartitions.Outcome(increase.name(), null);
        } catch (ApiException e) {
            return new CreatePartitions.Outcome(increase.name(), e);
        }
    }

    private void add(CreatePartitions.Increase increase, boolean validateOnly) {
        TopicImage topic = image.topic(increase.name());
        if (topic == null) {
            throw new UnknownTopicOrPartitionException("This server does not host this topic-partition.");
        }
        int existing = topic.partitions().size();
        if (increase.count() == existing) {
            throw new InvalidPartitionsException("Topic already has " + existing + " partition(s).");
        }
        if (increase.count() < existing) {
            throw new InvalidPartitionsException("The topic " + topic.name() + " currently has " + existing
                    + " partition(s); " + increase.count() + " would not be an increase.");
        }
        int additional = increase.count() - existing;
        if (additional > TopicCreation.PARTITIONS_MAX) {
            throw new InvalidPartitionsException("A request may add " + TopicCreation.PARTITIONS_MAX
                    + " partitions at most; add them in several requests.");
        }
        int replicationFactor = topic.partitions().get(0).replicas().size();
        List<List<Integer>> replicas = increase.assignments();
        if (replicas == null) {
            replicas = new Placement(settings.cordonedLogDirs().leaveOpen(image), loads)
                    .place(additional, (short) replicationFactor);
        } else {
            check(replicas, additional, replicationFactor);
        }
        if (!validateOnly) {
            for (int i = 0; i < additional; i++) {
                decision.event(new MetadataEvent.PartitionAdded(
                        topic.id(), ReplicaAssignments.newPartition(existing + i, replicas.get(i))));
            }
        }
    }

    private void check(List<List<Integer>> assignments, int additional, int replicationFactor) {
        if (assignments.size() != additional) {
            throw new InvalidReplicaAssignmentException("Attempted to add " + additional
                    + " additional partition(s), but only " + assignments.size() + " assignment(s) were specified.");
        }
        for (List<Integer> brokers : assignments) {
            ReplicaAssignments.check(brokers, replicationFactor, image);
            loads.placed(brokers);
        }
    }
}
