package dev.millrace.broker.coordinator;

import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.protocol.Errors;

/** The words in which a coordinator refuses, so that clients look it up again, wait, or give up, each where it helps. */
final class CoordinatorErrors {

    private CoordinatorErrors() {}

    static ApiException notCoordinator() {
        return new NotCoordinatorException("This is not the coordinator.");
    }

    static ApiException loading() {
        return new CoordinatorLoadInProgressException("The coordinator is loading.");
    }

    static ApiException notAvailable() {
        return new CoordinatorNotAvailableException("The coordinator is not available.");
    }

    static ApiException unknown() {
        return new UnknownServerException("The coordinator failed.");
    }

    /**
     * The error of a refused append, as clients of a coordinator know it: partition errors mean nothing to them and would
     * be fatal.
     */
    static ApiException ofAppend(ApiException refusal) {
        return switch (Errors.forException(refusal)) {
            case UNKNOWN_TOPIC_OR_PARTITION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS_AFTER_APPEND, REQUEST_TIMED_OUT ->
                notAvailable();
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR, FENCED_LEADER_EPOCH -> notCoordinator();
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE, CORRUPT_MESSAGE, INVALID_RECORD ->
                unknown();
            default -> refusal;
        };
    }
}
