package dev.millrace.broker.coordinator.transaction;

/**
 * @param timeoutMsMax {@code transaction.max.timeout.ms}: the longest transaction.timeout.ms that a client may ask for
 * @param idExpirationMs {@code transactional.id.expiration.ms}: an id that is not used for so long is forgotten
 * @param expirationIntervalMs {@code transaction.remove.expired.transaction.cleanup.interval.ms}
 */
public record TransactionConfig(int timeoutMsMax, long idExpirationMs, long expirationIntervalMs) {

    public static final TransactionConfig DEFAULT = new TransactionConfig(900_000, 604_800_000L, 3_600_000L);
}
