package dev.millrace.broker.coordinator.transaction;

import java.util.Optional;

/** The states of a transactional id as the state log numbers them and as ListTransactions (key 66) names them. */
public enum TransactionStatus {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort"),
    /** Apache Kafka's name for an id while its removal is being written. Here the two are one step, so nothing is ever dead. */
    DEAD(6, "Dead"),
    /** Apache Kafka's name for an id while its epoch is being raised. Here that is one step with the abort that follows. */
    PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

    private static final TransactionStatus[] BY_CODE = values();

    private final byte code;
    private final String title;

    TransactionStatus(int code, String title) {
        this.code = (byte) code;
        this.title = title;
    }

    byte code() {
        return code;
    }

    /** As tools spell it. */
    public String title() {
        return title;
    }

    /** Empty for a number that no state has. */
    static Optional<TransactionStatus> ofCode(byte code) {
        return code >= 0 && code < BY_CODE.length ? Optional.of(BY_CODE[code]) : Optional.empty();
    }

    /** Empty for a title that no state has. */
    public static Optional<TransactionStatus> ofTitle(String title) {
        for (TransactionStatus status : BY_CODE) {
            if (status.title.equals(title)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }
}
