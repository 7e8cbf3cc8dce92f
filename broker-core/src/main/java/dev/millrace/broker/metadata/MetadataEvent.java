package dev.millrace.broker.metadata;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/** What has happened to the cluster. */
public sealed interface MetadataEvent {

    /** A broker has started; it replaces an earlier registration of the same id. */
    record BrokerRegistered(BrokerImage broker) implements MetadataEvent {}

    record TopicCreated(String name, Uuid id) implements MetadataEvent {}

    /** The topic is gone, with its partitions and settings. */
    record TopicDeleted(Uuid id) implements MetadataEvent {}

    /** A partition was added at the end of the topic's. */
    record PartitionAdded(Uuid topicId, PartitionImage partition) implements MetadataEvent {}

    /** The partition has another leader, leader epoch, ISR or replicas. */
    record PartitionChanged(Uuid topicId, PartitionImage partition) implements MetadataEvent {}

    /**
     * A setting was changed.
     *
     * @param resource a topic by name, a broker by id, or all brokers by the empty name
     * @param value null when it follows its default again
     */
    record ConfigChanged(
            ConfigResource resource, String key, @Nullable String value) implements MetadataEvent {}

    /**
     * The whole cluster speaks this level of a feature from now on.
     *
     * @param level 0 for none
     */
    record FeatureLevelChanged(String feature, short level) implements MetadataEvent {}

    /** Every producer id below {@code nextProducerId} is taken. */
    record ProducerIdsAllocated(int brokerId, long nextProducerId) implements MetadataEvent {}

    /** @param value null when there is no such quota any more */
    record ClientQuotaChanged(
            ClientQuotaEntity entity, String key, @Nullable Double value) implements MetadataEvent {}

    /** @param credential null when the user has none of this mechanism any more */
    record UserScramCredentialChanged(
            String user, String mechanism, @Nullable String credential) implements MetadataEvent {}
}
