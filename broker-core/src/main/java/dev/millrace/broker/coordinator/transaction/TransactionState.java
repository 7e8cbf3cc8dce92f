package dev.millrace.broker.coordinator.transaction;

import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a transactional id stands. Every change makes a new state, and every state is one record in the log.
 *
 * <pre>
 *            ┌──────────────────────── begin ◀─────────────────────┐
 *   Empty ───┤                                                     │
 *     ▲      ▼                                                     │
 *     │   Ongoing ──commit──▶ PrepareCommit ──markers──▶ CompleteCommit
 *     │      └──────abort───▶ PrepareAbort  ──markers──▶ CompleteAbort
 *     │                                                            │
 *     └──────────────────────── initialise ◀───────────────────────┘
 * </pre>
 */
sealed interface TransactionState {

    /** {@link #startedMs} before there was a transaction. */
    long NOT_STARTED = -1;

    TransactionStatus status();

    TransactionalProducer producer();

    /** When this state was entered or last changed. */
    long updatedMs();

    /** When the transaction under way, or else the last one, began. */
    long startedMs();

    /** The partitions that the transaction under way has touched. */
    default Set<TopicPartition> partitions() {
        return Set.of();
    }

    /** Nothing is under way: a producer may take over, begin a transaction, or be forgotten. */
    sealed interface Idle extends TransactionState {

        default Empty initialised(TransactionalProducer producer, long nowMs) {
            return new Empty(producer, nowMs);
        }

        default Ongoing begin(Set<TopicPartition> partitions, long nowMs) {
            return new Ongoing(producer(), partitions, nowMs, nowMs);
        }
    }

    /** It is decided how the transaction ends; the partitions are being told. */
    sealed interface Ending extends TransactionState {

        boolean committed();

        Idle complete(long nowMs);
    }

    record Empty(TransactionalProducer producer, long updatedMs) implements Idle {
        @Override
        public TransactionStatus status() {
            return TransactionStatus.EMPTY;
        }

        @Override
        public long startedMs() {
            return NOT_STARTED;
        }
    }

    record Ongoing(TransactionalProducer producer, Set<TopicPartition> partitions, long startedMs, long updatedMs)
            implements TransactionState {

        public Ongoing {
            partitions = sorted(partitions);
        }

        @Override
        public TransactionStatus status() {
            return TransactionStatus.ONGOING;
        }

        long deadlineMs() {
            return startedMs + producer.timeoutMs();
        }

        Ongoing with(Set<TopicPartition> added, long nowMs) {
            Set<TopicPartition> all = new TreeSet<>(ORDER);
            all.addAll(partitions);
            all.addAll(added);
            return new Ongoing(producer, all, startedMs, nowMs);
        }

        PrepareCommit prepareCommit(long nowMs) {
            return new PrepareCommit(producer, partitions, startedMs, nowMs);
        }

        PrepareAbort prepareAbort(long nowMs) {
            return new PrepareAbort(producer, partitions, startedMs, nowMs);
        }

        /** On behalf of somebody else: the producer that had begun it can neither add to it nor end it any more. */
        PrepareAbort prepareAbortFenced(long nowMs) {
            return new PrepareAbort(producer.fenced(), partitions, startedMs, nowMs);
        }
    }

    record PrepareCommit(TransactionalProducer producer, Set<TopicPartition> partitions, long startedMs, long updatedMs)
            implements Ending {

        public PrepareCommit {
            partitions = sorted(partitions);
        }

        @Override
        public TransactionStatus status() {
            return TransactionStatus.PREPARE_COMMIT;
        }

        @Override
        public boolean committed() {
            return true;
        }

        @Override
        public CompleteCommit complete(long nowMs) {
            return new CompleteCommit(producer, startedMs, nowMs);
        }
    }

    record PrepareAbort(TransactionalProducer producer, Set<TopicPartition> partitions, long startedMs, long updatedMs)
            implements Ending {

        public PrepareAbort {
            partitions = sorted(partitions);
        }

        @Override
        public TransactionStatus status() {
            return TransactionStatus.PREPARE_ABORT;
        }

        @Override
        public boolean committed() {
            return false;
        }

        @Override
        public CompleteAbort complete(long nowMs) {
            return new CompleteAbort(producer, startedMs, nowMs);
        }
    }

    record CompleteCommit(TransactionalProducer producer, long startedMs, long updatedMs) implements Idle {
        @Override
        public TransactionStatus status() {
            return TransactionStatus.COMPLETE_COMMIT;
        }
    }

    record CompleteAbort(TransactionalProducer producer, long startedMs, long updatedMs) implements Idle {
        @Override
        public TransactionStatus status() {
            return TransactionStatus.COMPLETE_ABORT;
        }
    }

    Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /** In an order that does not depend on hashes, so that equal states are equal records in the log. */
    private static Set<TopicPartition> sorted(Set<TopicPartition> partitions) {
        Set<TopicPartition> sorted = new TreeSet<>(ORDER);
        sorted.addAll(partitions);
        return Collections.unmodifiableSet(sorted);
    }
}
