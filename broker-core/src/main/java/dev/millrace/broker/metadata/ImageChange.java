package dev.millrace.broker.metadata;

import java.util.Set;
import org.apache.kafka.common.Uuid;

/**
 * What an entry of the metadata log has changed. A subscriber's work is in proportion to this, not to the cluster.
 *
 * @param changedTopics topics that were created, changed or deleted: in {@code after}, in {@code before}, or in both
 * @param brokersChanged a broker has registered or gone
 * @param brokerConfigsChanged settings of brokers have changed
 */
public record ImageChange(
        ClusterImage before,
        ClusterImage after,
        Set<Uuid> changedTopics,
        boolean brokersChanged,
        boolean brokerConfigsChanged) {}
