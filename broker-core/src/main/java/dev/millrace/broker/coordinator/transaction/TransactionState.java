package dev.millrace.broker.coordinator.transaction;

import java.util.Collections;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

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
 *
 *   Under transaction.version 2, Empty and Complete… also go to PrepareAbort: the abort of a transaction that has
 *   no partitions.
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

        default Ongoing begin(Set<TopicPartition> partitions, short clientVersion, long nowMs) {
            return new Ongoing(producer().speaking(clientVersion), partitions, nowMs, nowMs);
        }

        /** A producer aborts what it may have begun: no partition knows of it, but its epoch is raised (KIP-890). */
        default PrepareAbort prepareEmptyAbort(short transactionVersion, @Nullable Long newId, long nowMs) {
            return new PrepareAbort(producer().ending(transactionVersion, newId), Set.of(), nowMs, nowMs);
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

        Ongoing with(Set<TopicPartition> added, short clientVersion, long nowMs) {
            Set<TopicPartition> all = new TreeSet<>(ORDER);
            all.addAll(partitions);
            all.addAll(added);
            return new Ongoing(producer.speaking(clientVersion), all, startedMs, nowMs);
        }

        /** @param newId an unused producer id, where the producer's epochs are used up */
        Ending prepare(boolean committed, short transactionVersion, @Nullable Long newId, long nowMs) {
            TransactionalProducer ending = producer.ending(transactionVersion, newId);
            return committed
                    ? new PrepareCommit(ending, partitions, startedMs, nowMs)
                    : new PrepareAbort(ending, partitions, startedMs, nowMs);
        }

        /** On behalf of somebody else: the producer that had begun it can neither add to it nor commit it any more. */
        PrepareAbort prepareAbortFenced(short transactionVersion, @Nullable Long newId, long nowMs) {
            TransactionalProducer fenced = TransactionVersions.raisesEpoch(transactionVersion)
                    ? producer.ending(transactionVersion, newId)
                    : producer.fenced();
            return new PrepareAbort(fenced, partitions, startedMs, nowMs);
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
            return new CompleteCommit(producer.ended(), startedMs, nowMs);
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
            return new CompleteAbort(producer.ended(), startedMs, nowMs);
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
