package dev.millrace.broker.partition;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.log.disk.DiskFullException;
import dev.millrace.broker.log.producer.ProducerStatus;
import dev.millrace.broker.machine.Ticket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.jspecify.annotations.Nullable;

/**
 * What producers, coordinators and the ends of transactions append to a partition that this broker leads, and what must be
 * known of a transaction before it begins there. On the partition's loop only.
 */
public final class PartitionWrites {

    private final Partition partition;
    private final PartitionReplication replication;
    private final PartitionListener listener;
    private final Verifications verifications = new Verifications();

    PartitionWrites(Partition partition, PartitionReplication replication, PartitionListener listener) {
        this.partition = partition;
        this.replication = replication;
        this.listener = listener;
    }

    /**
     * Appends a producer's batches and answers by {@code acks}: at once, or when the in-sync replicas have them.
     *
     * @param acks 0, 1, or -1 for all in-sync replicas
     * @param timeoutMs how long to wait for the replicas
     */
    public void append(ByteBuffer batches, short acks, long timeoutMs, Ticket<AppendResult> ticket) {
        AppendResult result;
        try {
            Standing.Leading leading = partition.leading();
            if (acks == PartitionReplication.ACKS_ALL) {
                requireEnoughReplicas();
            }
            result = appendOf(TransactionalBatch.of(batches), leading, batches);
        } catch (ApiException e) {
            ticket.fail(e);
            return;
        }
        replication.acknowledge(result, acks, timeoutMs, ticket);
    }

    private void requireEnoughReplicas() {
        List<Integer> isr = partition.image().isr();
        int required = partition.config().minInsyncReplicas();
        if (isr.size() < required) {
            throw new NotEnoughReplicasException("The size of the current ISR " + isr
                    + " is insufficient to satisfy the min.isr requirement of " + required + " for partition "
                    + partition.id().topicPartition());
        }
    }

    private AppendResult appendOf(
            @Nullable TransactionalBatch transactional, Standing.Leading leading, ByteBuffer batches) {
        if (transactional == null) {
            return append(leading, batches, AppendOrigin.CLIENT);
        }
        if (partition.config().verifiesTransactions()) {
            verifications.require(transactional, leading.log());
        }
        AppendResult result = append(leading, batches, AppendOrigin.CLIENT);
        if (!result.duplicate()) {
            verifications.onAppended(transactional);
        }
        return result;
    }

    /**
     * Whether the coordinator of the batch's transaction must be asked first (KIP-890): not for a transaction that has
     * records here already.
     *
     * @param raisesEpoch whether the producer speaks transaction.version 2, in which it announces no partitions
     * @throws ApiException when this broker does not lead the partition
     */
    public boolean needsVerification(TransactionalBatch batch, boolean raisesEpoch) {
        return !partition.leading().log().isInTransaction(batch.producerId(), batch.producerEpoch())
                && !verifications.isGranted(batch)
                && (raisesEpoch || partition.config().verifiesTransactions());
    }

    /**
     * Has the batch wait until it is known that this partition takes part in its transaction. Whoever waits is told in the
     * order in which they came.
     *
     * @param ticket answered when the batch may be appended
     * @return the question that the caller has to have answered, by {@link #verified} or {@link #notVerified}; null when
     *     somebody else is at it
     */
    public @Nullable Verification awaitVerification(
            TransactionalBatch batch, boolean raisesEpoch, Ticket<Verification> ticket) {
        return verifications.await(batch, raisesEpoch, ticket);
    }

    /** The partition takes part in the transaction: whoever waits may append. */
    public void verified(Verification verification) {
        verification.grant();
    }

    /** The partition takes no part in the transaction, or that can't be found out for now. */
    public void notVerified(Verification verification, ApiException error) {
        verifications.onFailed(verification, error);
    }

    /**
     * Appends a coordinator's own records, in the term in which the coordinator decided on them.
     *
     * @throws ApiException when the term is over, or the log refuses; nothing was appended
     */
    public AppendResult appendOwn(ByteBuffer batches, int leaderEpoch) {
        Standing.Leading leading = partition.leading();
        if (leading.leaderEpoch() != leaderEpoch) {
            throw new NotLeaderOrFollowerException("The term " + leaderEpoch + " is over.");
        }
        List<TransactionalBatch> transactional = TransactionalBatch.allOf(batches);
        if (partition.config().verifiesTransactions()) {
            transactional.forEach(batch -> verifications.require(batch, leading.log()));
        }
        AppendResult result = append(leading, batches, AppendOrigin.COORDINATOR);
        transactional.forEach(verifications::onAppended);
        return result;
    }

    /**
     * Ends the producer's transaction on this partition: appends the marker, and tells the partition's listener.
     *
     * @param raisesEpoch whether the transaction was ended by transaction.version 2: then its marker has a higher epoch than
     *     its records, and one that has not is of an earlier transaction and late (KIP-1228)
     * @throws ApiException when this broker does not lead, or the log refuses the marker; nothing was appended
     */
    public AppendResult endTransaction(
            long producerId, short producerEpoch, int coordinatorEpoch, boolean committed, boolean raisesEpoch) {
        Standing.Leading leading = partition.leading();
        if (raisesEpoch && leading.log().isInTransaction(producerId, producerEpoch)) {
            throw new InvalidProducerEpochException("The marker of producer " + producerId + " has the epoch "
                    + producerEpoch + " of the transaction that is open in "
                    + partition.id().topicPartition()
                    + "; it is for an earlier one");
        }
        ByteBuffer marker = BatchBuilder.endTransactionMarker(
                partition.loop().nowMs(), producerId, producerEpoch, coordinatorEpoch, committed);
        AppendResult result = append(leading, marker, AppendOrigin.COORDINATOR);
        verifications.onMarker(producerId, producerEpoch);
        listener.onTransactionEnded(partition, producerId, producerEpoch, committed);
        return result;
    }

    /** As {@link #endTransaction(long, short, int, boolean, boolean)}; answers when the in-sync replicas have the marker. */
    public void endTransaction(
            long producerId,
            short producerEpoch,
            int coordinatorEpoch,
            boolean committed,
            boolean raisesEpoch,
            long timeoutMs,
            Ticket<AppendResult> ticket) {
        AppendResult result;
        try {
            result = endTransaction(producerId, producerEpoch, coordinatorEpoch, committed, raisesEpoch);
        } catch (ApiException e) {
            ticket.fail(e);
            return;
        }
        replication.acknowledge(result, PartitionReplication.ACKS_ALL, timeoutMs, ticket);
    }

    private AppendResult append(Standing.Leading leading, ByteBuffer batches, AppendOrigin origin) {
        int bytes = batches.remaining();
        AppendResult result;
        try {
            result = leading.log()
                    .append(
                            batches,
                            origin,
                            leading.leaderEpoch(),
                            partition.loop().nowMs());
        } catch (ApiException e) {
            throw e;
        } catch (DiskFullException e) {
            // Nothing was appended and reading goes on: the producer retries, perhaps when there is room again.
            throw partition.noRoom(e);
        } catch (IOException | RuntimeException e) {
            // After a bug as after a failed disk it is unknown what the log holds in memory: it is opened afresh.
            throw partition.failed(leading, e);
        }
        partition.onRoom();
        if (!result.duplicate()) {
            replication.onAppended(leading, bytes);
        }
        return result;
    }

    /** The producers that the log knows. */
    public List<ProducerStatus> activeProducers() {
        return partition.leading().log().activeProducers();
    }

    /** Whoever waits for a verification asks the next leader. */
    void endTerm(ApiException error) {
        verifications.endTerm(error);
    }
}
