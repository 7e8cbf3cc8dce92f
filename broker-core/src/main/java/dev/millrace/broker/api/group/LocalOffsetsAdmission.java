package dev.millrace.broker.api.group;

import dev.millrace.broker.coordinator.transaction.Admission;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.coordinator.transaction.TransactionVersions;
import dev.millrace.broker.coordinator.transaction.TransactionalWrite;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.partition.Partition;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** For groups whose offsets are on this broker. */
public final class LocalOffsetsAdmission implements OffsetsAdmission {

    /** From this version on producers take TRANSACTION_ABORTABLE for what it says. */
    private static final short KNOWS_ABORTABLE = 4;

    /** The version of which transaction.version 2 makes use. */
    private static final short ADDS_PARTITION = 5;

    /** Of offsets: the coordinator writes them, without sequence numbers. */
    private static final int NO_SEQUENCE = -1;

    private final Function<String, @Nullable Partition> partitionOfGroup;
    private final Participation participation;

    /** @param partitionOfGroup where a group's offsets are; null when that is not on this broker */
    public LocalOffsetsAdmission(Function<String, @Nullable Partition> partitionOfGroup, Participation participation) {
        this.partitionOfGroup = partitionOfGroup;
        this.participation = participation;
    }

    @Override
    public void ensure(
            TxnOffsetCommitRequestData request, short version, Runnable then, Consumer<ApiException> refused) {
        Partition partition = partitionOfGroup.apply(request.groupId());
        if (partition == null) {
            refused.accept(new NotCoordinatorException("This is not the coordinator."));
            return;
        }
        TransactionalBatch writer = new TransactionalBatch(request.producerId(), request.producerEpoch(), NO_SEQUENCE);
        short clientVersion = version >= ADDS_PARTITION ? TransactionVersions.EPOCH_BUMP : TransactionVersions.CLASSIC;
        new Admission(
                        participation,
                        request.transactionalId(),
                        writer,
                        clientVersion,
                        outcome -> refusal(outcome, version))
                .start(Map.of(partition.loop(), List.of(new OffsetsWrite(partition, writer, then, refused))));
    }

    private record OffsetsWrite(
            Partition partition, TransactionalBatch transactional, Runnable then, Consumer<ApiException> refused)
            implements TransactionalWrite {

        @Override
        public void proceed() {
            then.run();
        }

        @Override
        public void refuse(ApiException error) {
            // A group's coordinator moves with its partition.
            refused.accept(
                    error instanceof NotLeaderOrFollowerException
                            ? new NotCoordinatorException("This is not the coordinator.")
                            : error);
        }
    }

    private static ApiException refusal(Errors outcome, short version) {
        return switch (outcome) {
            case PRODUCER_FENCED -> new InvalidProducerEpochException("A newer producer has taken over.");
            case TRANSACTION_ABORTABLE ->
                version >= KNOWS_ABORTABLE
                        ? outcome.exception()
                        : new InvalidTxnStateException("The group was not added to the transaction.");
            default -> outcome.exception();
        };
    }
}
