package dev.millrace.broker.metadata;

import org.apache.kafka.common.errors.ApiException;

/** What somebody wants of the {@link Controller}. */
public sealed interface MetadataCommand
        permits CreateTopics,
                DeleteTopics,
                CreatePartitions,
                AlterConfigs,
                AllocateProducerIds,
                RegisterBroker,
                UpdateFeatures,
                AlterClientQuotas,
                AlterScramCredentials {

    /** Nothing was decided, or what was decided may have been lost. */
    void fail(ApiException error);
}
