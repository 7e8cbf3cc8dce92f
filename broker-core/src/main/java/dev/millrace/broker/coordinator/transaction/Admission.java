package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.Verification;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Lets the batches of one request into the transaction of their producer (KIP-890). Producers of transaction.version 2
 * announce no partition: whoever leads it does so for them, all partitions of a request in one go. For others it is verified
 * that they did. A partition that has records of the transaction is not asked about again.
 */
public final class Admission {

    /** A partition that the coordinator has to be asked about. */
    private record Question(Partition partition, Verification verification) {

        void settle(@Nullable ApiException refusal) {
            partition.loop().execute(() -> {
                if (refusal == null) {
                    partition.writes().verified(verification);
                } else {
                    partition.writes().notVerified(verification, refusal);
                }
            });
        }
    }

    private final Participation participation;
    private final String transactionalId;
    private final TransactionalBatch sample;
    private final short clientVersion;
    private final Function<Errors, ApiException> refusals;
    private final Queue<Question> questions = new ConcurrentLinkedQueue<>();

    /**
     * @param sample any of the batches: they are all of one producer
     * @param refusals how clients of this kind of request hear of what the coordinator says
     */
    public Admission(
            Participation participation,
            String transactionalId,
            TransactionalBatch sample,
            short clientVersion,
            Function<Errors, ApiException> refusals) {
        this.participation = participation;
        this.transactionalId = transactionalId;
        this.sample = sample;
        this.clientVersion = clientVersion;
        this.refusals = refusals;
    }

    /** Any thread. */
    public void start(Map<Loop, ? extends List<? extends TransactionalWrite>> writes) {
        AtomicInteger missing = new AtomicInteger(writes.size());
        writes.forEach((loop, ofLoop) -> loop.execute(() -> {
            ofLoop.forEach(this::check);
            if (missing.decrementAndGet() == 0) {
                ask();
            }
        }));
    }

    private void check(TransactionalWrite write) {
        boolean raisesEpoch = clientVersion >= TransactionVersions.EPOCH_BUMP;
        TransactionalBatch batch = write.transactional();
        try {
            if (batch == null || !write.partition().writes().needsVerification(batch, raisesEpoch)) {
                write.proceed();
                return;
            }
        } catch (ApiException notLeading) {
            write.refuse(notLeading);
            return;
        }
        Verification verification = write.partition().writes().awaitVerification(batch, raisesEpoch, continuing(write));
        if (verification != null) {
            questions.add(new Question(write.partition(), verification));
        }
    }

    private static Ticket<Verification> continuing(TransactionalWrite write) {
        return new Ticket<>() {
            @Override
            public void answer(Verification granted) {
                write.proceed();
            }

            @Override
            public void fail(ApiException error) {
                write.refuse(error);
            }
        };
    }

    private void ask() {
        if (questions.isEmpty()) {
            return;
        }
        Set<TopicPartition> partitions = new HashSet<>();
        questions.forEach(question -> partitions.add(question.partition().id().topicPartition()));
        participation.ask(
                transactionalId,
                new ProducerIdAndEpoch(sample.producerId(), sample.producerEpoch()),
                partitions,
                clientVersion,
                new Ticket<>() {
                    @Override
                    public void answer(Map<TopicPartition, Errors> outcomes) {
                        for (Question question : questions) {
                            Errors outcome =
                                    outcomes.get(question.partition().id().topicPartition());
                            question.settle(refusal(outcome == null ? Errors.UNKNOWN_SERVER_ERROR : outcome));
                        }
                    }

                    @Override
                    public void fail(ApiException error) {
                        ApiException refusal = refusals.apply(Errors.forException(error));
                        questions.forEach(question -> question.settle(refusal));
                    }
                });
    }

    private @Nullable ApiException refusal(Errors outcome) {
        return outcome == Errors.NONE ? null : refusals.apply(outcome);
    }
}
