package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.coordinator.transaction.Admission;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.coordinator.transaction.TransactionVersions;
import dev.millrace.broker.coordinator.transaction.TransactionalWrite;
import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.log.batch.RecordErrors;
import dev.millrace.broker.log.batch.TransactionalBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.wire.RecordBytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidRequiredAcksException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.jspecify.annotations.Nullable;

/** Produce (key 0): appends each partition's batch on its loop and answers when all of them are done. */
final class ProduceHandler implements ApiHandler<ProduceRequest, ProduceResponseData> {

    /** The client that Kafka lets write to the coordinators' own topics. */
    private static final String ADMIN_CLIENT_ID = "__admin_client";

    /** From this version on producers take TRANSACTION_ABORTABLE for what it says (KIP-890). */
    private static final short KNOWS_ABORTABLE = 11;

    /** The version of which transaction.version 2 makes use (KIP-890). */
    private static final short ADDS_PARTITIONS = 12;

    /** From this version on topics have ids and no names (KIP-516). */
    private static final short NAMES_IDS = 13;

    private final NodeView node;
    private final Participation participation;

    ProduceHandler(NodeView node, Participation participation) {
        this.node = node;
        this.participation = participation;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.PRODUCE;
    }

    @Override
    public void handle(ApiRequest<ProduceRequest> request, Ticket<ProduceResponseData> ticket) {
        new Production(request, ticket).start();
    }

    /** One request under way. */
    private final class Production {
        private final ApiRequest<ProduceRequest> request;
        private final Ticket<ProduceResponseData> ticket;
        private final ProduceResponseData response = new ProduceResponseData();
        private final ClusterImage image = node.image();
        private final Map<Loop, List<Append>> appends = new HashMap<>(2);
        private final AtomicInteger outstanding = new AtomicInteger(1);

        /** The first of the batches that are in a transaction. */
        private @Nullable TransactionalBatch transactional;

        Production(ApiRequest<ProduceRequest> request, Ticket<ProduceResponseData> ticket) {
            this.request = request;
            this.ticket = ticket;
        }

        void start() {
            for (ProduceRequestData.TopicProduceData topic :
                    request.body().data().topicData()) {
                if (topic.partitionData().isEmpty()) {
                    continue;
                }
                TopicProduceResponse answer =
                        new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId());
                response.responses().add(answer);
                TopicImage known = known(topic);
                for (ProduceRequestData.PartitionProduceData data : topic.partitionData()) {
                    PartitionProduceResponse partition = new PartitionProduceResponse().setIndex(data.index());
                    answer.partitionResponses().add(partition);
                    try {
                        prepare(topic, known, data, partition);
                    } catch (ApiException e) {
                        refuse(partition, e);
                    }
                }
            }
            TransactionalBatch first = transactional;
            String transactionalId = request.body().transactionalId();
            if (first == null || transactionalId == null) {
                appends.forEach((loop, ofLoop) -> loop.executeHere(() -> ofLoop.forEach(Append::proceed)));
            } else {
                boolean adds = request.version() >= ADDS_PARTITIONS;
                short clientVersion = adds ? TransactionVersions.EPOCH_BUMP : TransactionVersions.CLASSIC;
                new Admission(participation, transactionalId, first, clientVersion, this::refusal).start(appends);
            }
            oneDone();
        }

        /** What the coordinator says, in the words of partitions: producers look for no coordinator on this answer. */
        private ApiException refusal(Errors outcome) {
            return switch (outcome) {
                case PRODUCER_FENCED -> new InvalidProducerEpochException("A newer producer has taken over.");
                case TRANSACTION_ABORTABLE ->
                    request.version() >= KNOWS_ABORTABLE
                            ? outcome.exception()
                            : new InvalidTxnStateException("Partition was not added to the transaction");
                case INVALID_TXN_STATE -> new InvalidTxnStateException("Partition was not added to the transaction");
                case COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR, NETWORK_EXCEPTION ->
                    notVerified(outcome);
                case CONCURRENT_TRANSACTIONS ->
                    request.version() >= ADDS_PARTITIONS ? outcome.exception() : notVerified(outcome);
                default -> outcome.exception();
            };
        }

        /** Producers repeat this at once, without a look at the metadata. */
        private static ApiException notVerified(Errors outcome) {
            return new NotEnoughReplicasException("Unable to verify the partition has been added to the transaction."
                    + " Underlying error: " + outcome);
        }

        private @Nullable TopicImage known(ProduceRequestData.TopicProduceData topic) {
            return topic.topicId().equals(Uuid.ZERO_UUID) ? image.topic(topic.name()) : image.topic(topic.topicId());
        }

        /** Throws what is to be said of a topic that this broker does not know. */
        private TopicImage unknown(ProduceRequestData.TopicProduceData topic) {
            if (request.version() >= NAMES_IDS && topic.topicId().equals(Uuid.ZERO_UUID)) {
                throw new UnknownTopicIdException("The id of zeros is no topic's.");
            }
            return node.topic(topic.name(), topic.topicId());
        }

        private void prepare(
                ProduceRequestData.TopicProduceData topic,
                @Nullable TopicImage known,
                ProduceRequestData.PartitionProduceData data,
                PartitionProduceResponse answer) {
            short acks = request.body().acks();
            if (acks < -1 || acks > 1) {
                throw new InvalidRequiredAcksException("acks=" + acks + " is none of -1, 0, 1.");
            }
            TopicImage image = known == null ? unknown(topic) : known;
            if (image.isInternal() && !request.clientId().equals(ADMIN_CLIENT_ID)) {
                throw new InvalidTopicException("Cannot append to internal topic " + image.name());
            }
            Partition partition = node.partition(image, data.index());
            if (data.records() == null) {
                throw new InvalidRecordException(
                        "The request has no records for " + partition.id().topicPartition());
            }
            validate(data, partition);
            ByteBuffer batches = RecordBytes.of(data);
            TransactionalBatch batch = TransactionalBatch.of(batches);
            if (batch != null) {
                checkProducer(batch);
            }
            outstanding.incrementAndGet();
            appends.computeIfAbsent(partition.loop(), loop -> new ArrayList<>(2))
                    .add(new Append(
                            this,
                            partition,
                            batches,
                            batch,
                            acks,
                            request.body().timeout(),
                            answer,
                            image.partition(data.index())));
        }

        private void validate(ProduceRequestData.PartitionProduceData data, Partition partition) {
            try {
                ProduceRequest.validateRecords(request.version(), data.records());
            } catch (IllegalArgumentException e) {
                // What Kafka's code throws for a codec that is none, when it looks whether the version had that one.
                throw new UnsupportedCompressionTypeException("A batch for "
                        + partition.id().topicPartition() + " has a compression that is not known: " + e.getMessage());
            }
        }

        private void checkProducer(TransactionalBatch batch) {
            if (request.body().transactionalId() == null) {
                throw new TransactionalIdAuthorizationException(
                        "The request has records of a transaction and names no transactional id.");
            }
            TransactionalBatch first = transactional;
            if (first == null) {
                transactional = batch;
            } else if (first.producerId() != batch.producerId() || first.producerEpoch() != batch.producerEpoch()) {
                throw new InvalidPidMappingException("Transactional records contained more than one producer ID");
            }
        }

        private void refuse(PartitionProduceResponse partition, ApiException error) {
            partition
                    .setErrorCode(Errors.forException(error).code())
                    .setErrorMessage(error.getMessage())
                    .setBaseOffset(-1);
            if (error instanceof RecordErrors withRecords) {
                withRecords.recordErrors().forEach(record -> partition
                        .recordErrors()
                        .add(new BatchIndexAndErrorMessage()
                                .setBatchIndex(record.index())
                                .setBatchIndexErrorMessage(record.message())));
            }
        }

        private int useQuota() {
            long bytes = 0;
            for (ProduceRequestData.TopicProduceData topic :
                    request.body().data().topicData()) {
                for (ProduceRequestData.PartitionProduceData partition : topic.partitionData()) {
                    bytes += partition.records() == null
                            ? 0
                            : RecordBytes.of(partition).remaining();
                }
            }
            return node.quotas()
                    .use(
                            ClientQuotas.Kind.PRODUCED_BYTES,
                            request.peer().principal(),
                            request.clientId(),
                            (double) bytes,
                            node.nowMs().getAsLong());
        }

        void oneDone() {
            if (outstanding.decrementAndGet() == 0) {
                if (!node.quotas().isEmpty()) {
                    response.setThrottleTimeMs(useQuota());
                }
                ticket.answer(response);
            }
        }
    }

    /** One partition's batch. Answered on the partition's loop, once. */
    private record Append(
            Production production,
            Partition partition,
            ByteBuffer batches,
            @Nullable TransactionalBatch transactional,
            short acks,
            int timeoutMs,
            PartitionProduceResponse answer,
            @Nullable PartitionImage known)
            implements Ticket<AppendResult>, TransactionalWrite {

        @Override
        public void proceed() {
            partition.writes().append(batches, acks, timeoutMs, this);
        }

        @Override
        public void answer(AppendResult result) {
            answer.setBaseOffset(result.baseOffset())
                    .setLogAppendTimeMs(result.logAppendTimeMs())
                    .setLogStartOffset(result.logStartOffset());
            production.oneDone();
        }

        /** The log refuses it. */
        @Override
        public void fail(ApiException error) {
            if (error instanceof OutOfOrderSequenceException
                    || error instanceof InvalidProducerEpochException
                    || error instanceof RecordErrors) {
                // A producer whose records were deleted learns by this that it has lost nothing.
                answer.setLogStartOffset(partition.logStartOffset());
            }
            refuse(error);
        }

        @Override
        public void refuse(ApiException error) {
            production.refuse(answer, error);
            if (known != null) {
                synchronized (production) {
                    LeaderHints.add(
                            production.request.version(),
                            production.response,
                            answer,
                            Errors.forException(error),
                            production.image,
                            known,
                            production.request.peer().listener());
                }
            }
            production.oneDone();
        }
    }
}
