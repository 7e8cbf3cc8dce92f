package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decider;
import dev.millrace.broker.machine.Decision;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/**
 * Decides how the cluster changes. Works on the image that its own decisions lead to, ahead of the committed one; when a
 * decision gets lost it is taken {@link #back}. On the metadata loop only.
 */
public final class Controller implements Decider<MetadataCommand, MetadataEvent> {

    private final ControllerSettings settings;
    private final Supplier<Uuid> randomIds;
    private final TopicNames names = new TopicNames();
    private final BrokerLoads loads = new BrokerLoads();
    private ClusterImage image;

    /** @param randomIds ids for new topics, never the same twice */
    public Controller(ClusterImage image, ControllerSettings settings, Supplier<Uuid> randomIds) {
        this.settings = settings;
        this.randomIds = randomIds;
        this.image = image;
        index();
    }

    /** What the decisions so far lead to. */
    public ClusterImage image() {
        return image;
    }

    /** Forgets the decisions that went beyond this image. */
    public void back(ClusterImage committed) {
        image = committed;
        index();
    }

    @Override
    public Decision<MetadataEvent> decide(MetadataCommand command, long nowMs) {
        if (command instanceof CreateTopics create) {
            return new TopicCreation(image, settings, names, loads, randomIds).decide(create);
        } else if (command instanceof DeleteTopics delete) {
            return new TopicDeletion(image, settings).decide(delete);
        } else if (command instanceof CreatePartitions create) {
            return new PartitionCreation(image, settings, loads).decide(create);
        } else if (command instanceof AlterConfigs alter) {
            return new ConfigAlteration(image, settings).decide(alter);
        } else if (command instanceof UpdateFeatures update) {
            return new FeatureUpdate(image, settings).decide(update);
        } else if (command instanceof AlterClientQuotas alter) {
            return new QuotaAlteration(image).decide(alter);
        } else if (command instanceof AlterScramCredentials alter) {
            return alter.decide(image);
        } else if (command instanceof RegisterBroker register) {
            return register(register);
        } else {
            return allocate((AllocateProducerIds) command);
        }
    }

    private Decision<MetadataEvent> register(RegisterBroker command) {
        BrokerImage before = image.broker(command.id());
        long epoch = image.version();
        Decision.Builder<MetadataEvent> decision = Decision.builder();
        decision.event(new MetadataEvent.BrokerRegistered(new BrokerImage(
                command.id(), epoch, command.incarnation(), command.rack(), List.copyOf(command.endpoints()))));
        if (image.features().isEmpty()) {
            // A new cluster, or one from before there were features. Written down, so that a later release, which knows
            // higher levels, changes nothing until it is told to.
            ClusterFeatures.all()
                    .forEach(feature ->
                            decision.event(new MetadataEvent.FeatureLevelChanged(feature.name(), feature.maxLevel())));
            EligibleLeaderReplicas.whenEnabled(image, settings).forEach(decision::event);
        }
        if (before != null && !before.incarnation().equals(command.incarnation())) {
            // The tail of a log that was not yet on the disk may be gone after a crash of the machine. A new term lets
            // readers notice that what stands at an offset now is not what they saw there.
            for (TopicImage topic : image.topics()) {
                for (PartitionImage partition : topic.partitions()) {
                    if (partition.leader() == command.id()) {
                        decision.event(new MetadataEvent.PartitionChanged(topic.id(), inNextTerm(partition)));
                    }
                }
            }
        }
        return decision.answer(command.ticket(), epoch).build();
    }

    private static PartitionImage inNextTerm(PartitionImage partition) {
        return new PartitionImage(
                partition.partition(),
                partition.leader(),
                partition.leaderEpoch() + 1,
                partition.partitionEpoch() + 1,
                partition.replicas(),
                partition.isr());
    }

    private Decision<MetadataEvent> allocate(AllocateProducerIds command) {
        long firstId = image.nextProducerId();
        return Decision.<MetadataEvent>builder()
                .event(new MetadataEvent.ProducerIdsAllocated(command.brokerId(), firstId + ProducerIdBlock.SIZE))
                .answer(command.ticket(), new ProducerIdBlock(firstId, ProducerIdBlock.SIZE))
                .build();
    }

    @Override
    public void apply(MetadataEvent event) {
        applyAll(List.of(event));
    }

    /** The events of one entry; returns what they change. */
    ImageChange applyAll(List<MetadataEvent> events) {
        ImageBuilder builder = new ImageBuilder(image);
        for (MetadataEvent event : events) {
            builder.apply(event);
        }
        ImageChange change = builder.build(image.version() + 1);
        for (Uuid id : change.changedTopics()) {
            TopicImage before = change.before().topic(id);
            TopicImage after = change.after().topic(id);
            if (before != null) {
                loads.remove(before);
                names.remove(before.name());
            }
            if (after != null) {
                loads.add(after);
                names.add(after.name());
            }
        }
        image = change.after();
        return change;
    }

    private void index() {
        names.clear();
        loads.clear();
        for (TopicImage topic : image.topics()) {
            names.add(topic.name());
            loads.add(topic);
        }
    }
}
