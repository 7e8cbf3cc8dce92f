package dev.millrace.broker.coordinator.transaction;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;

/** What has happened to a transactional id. */
public sealed interface TransactionEvent {

    String transactionalId();

    /** The id has entered a state. Durable. */
    record StateEntered(String transactionalId, TransactionState state) implements TransactionEvent {}

    /** The id was not used for long and is forgotten. Durable: a tombstone. */
    record Expired(String transactionalId) implements TransactionEvent {}

    /** Some partitions have their markers. In memory: after a reload all of them get their markers once more. */
    record MarkersDelivered(String transactionalId, Set<TopicPartition> partitions) implements TransactionEvent {}

    /** A request waits for the transaction to be over. In memory: it is a client's that can ask again. */
    record Parked(String transactionalId, Postponable command) implements TransactionEvent {}

    /** Nobody waits for the transaction to be over any more. In memory. */
    record Unparked(String transactionalId) implements TransactionEvent {}
}
