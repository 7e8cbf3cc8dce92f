package dev.millrace.broker.api.transaction;

import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.transaction.Markers;
import dev.millrace.broker.coordinator.transaction.ProducerIds;
import dev.millrace.broker.coordinator.transaction.TransactionCommand;
import dev.millrace.broker.coordinator.transaction.TransactionEvent;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * What the handlers of transactions work on.
 *
 * @param host of the shards of {@code __transaction_state}
 */
public record TransactionView(
        ShardHost<TransactionCommand, TransactionEvent> host,
        ProducerIds producerIds,
        Markers markers,
        Supplier<ClusterImage> image,
        InternalTopics topics) {

    boolean exists(TopicPartition partition) {
        TopicImage topic = image.get().topic(partition.topic());
        return topic != null && topic.partition(partition.partition()) != null;
    }

    /** Clients of versions before {@code firstThatKnows} have not heard of PRODUCER_FENCED (KIP-588). */
    static Errors known(Errors error, short version, int firstThatKnows) {
        return error == Errors.PRODUCER_FENCED && version < firstThatKnows ? Errors.INVALID_PRODUCER_EPOCH : error;
    }
}
