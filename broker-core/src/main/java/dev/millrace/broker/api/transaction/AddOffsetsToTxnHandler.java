package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.transaction.AddPartitions;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.coordinator.transaction.TransactionVersions;
import dev.millrace.broker.machine.Ticket;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;

/** AddOffsetsToTxn (key 25): the partition that holds a group's offsets takes part in the transaction. */
final class AddOffsetsToTxnHandler implements ApiHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponseData> {

    private static final int KNOWS_FENCED = 2;
    private static final String OFFSETS_TOPIC = Topic.GROUP_METADATA_TOPIC_NAME;

    private final TransactionView transactions;

    AddOffsetsToTxnHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ADD_OFFSETS_TO_TXN;
    }

    @Override
    public void handle(ApiRequest<AddOffsetsToTxnRequest> request, Ticket<AddOffsetsToTxnResponseData> ticket) {
        OptionalInt partitions = transactions.topics().partitionCount(OFFSETS_TOPIC);
        if (partitions.isPresent()) {
            add(request, partitions.getAsInt(), ticket);
            return;
        }
        // The first group ever: which partition is its own is certain only when the topic is there.
        transactions.topics().create(OFFSETS_TOPIC, new Ticket<>() {
            @Override
            public void answer(Boolean created) {
                transactions
                        .topics()
                        .partitionCount(OFFSETS_TOPIC)
                        .ifPresentOrElse(
                                count -> add(request, count, ticket),
                                () -> ticket.fail(Errors.COORDINATOR_NOT_AVAILABLE.exception()));
            }

            @Override
            public void fail(ApiException error) {
                ticket.fail(Errors.COORDINATOR_NOT_AVAILABLE.exception(error.getMessage()));
            }
        });
    }

    private void add(
            ApiRequest<AddOffsetsToTxnRequest> request,
            int offsetsPartitions,
            Ticket<AddOffsetsToTxnResponseData> ticket) {
        AddOffsetsToTxnRequestData data = request.body().data();
        ProducerIdAndEpoch producer = new ProducerIdAndEpoch(data.producerId(), data.producerEpoch());
        TopicPartition offsets =
                new TopicPartition(OFFSETS_TOPIC, ShardHost.partitionFor(data.groupId(), offsetsPartitions));
        Ticket<Errors> answered = new MappedTicket<>(ticket, error -> new AddOffsetsToTxnResponseData()
                .setErrorCode(TransactionView.known(error, request.version(), KNOWS_FENCED)
                        .code()));
        transactions
                .host()
                .submit(
                        data.transactionalId(),
                        answered,
                        open -> new AddPartitions(
                                open, data.transactionalId(), producer, Set.of(offsets), TransactionVersions.CLASSIC));
    }
}
