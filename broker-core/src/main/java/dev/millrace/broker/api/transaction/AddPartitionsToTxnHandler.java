package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.transaction.AddPartitions;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.coordinator.transaction.TransactionVersions;
import dev.millrace.broker.coordinator.transaction.VerifyPartitions;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;

/**
 * AddPartitionsToTxn (key 24): one transaction of a client, or from version 4 on those that other brokers ask about, some
 * only to be verified. When one partition of a transaction is not there, none of them is added.
 */
final class AddPartitionsToTxnHandler implements ApiHandler<AddPartitionsToTxnRequest, AddPartitionsToTxnResponseData> {

    private static final int KNOWS_FENCED = 2;
    private static final short LAST_VERSION_OF_CLIENTS = 3;

    /** The version in which brokers ask for producers of transaction.version 2 (KIP-890). */
    private static final short EPOCH_BUMP = 5;

    private final TransactionView transactions;

    AddPartitionsToTxnHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ADD_PARTITIONS_TO_TXN;
    }

    @Override
    public void handle(ApiRequest<AddPartitionsToTxnRequest> request, Ticket<AddPartitionsToTxnResponseData> ticket) {
        boolean fromClient = request.version() <= LAST_VERSION_OF_CLIENTS;
        AddPartitionsToTxnRequest asked = fromClient ? request.body().normalizeRequest() : request.body();
        List<AddPartitionsToTxnTransaction> asking =
                new ArrayList<>(asked.data().transactions());
        Gathering<AddPartitionsToTxnResult> results =
                new Gathering<>(asking.size(), all -> ticket.answer(answer(all, fromClient)));
        for (int i = 0; i < asking.size(); i++) {
            handle(asking.get(i), request.version(), i, results);
        }
    }

    private static AddPartitionsToTxnResponseData answer(List<AddPartitionsToTxnResult> results, boolean toClient) {
        AddPartitionsToTxnResponseData answer = new AddPartitionsToTxnResponseData();
        return toClient
                ? answer.setResultsByTopicV3AndBelow(results.get(0).topicResults())
                : answer.setResultsByTransaction(new AddPartitionsToTxnResultCollection(results.iterator()));
    }

    private void handle(
            AddPartitionsToTxnTransaction asking,
            short version,
            int number,
            Gathering<AddPartitionsToTxnResult> results) {
        String transactionalId = asking.transactionalId();
        ProducerIdAndEpoch producer = new ProducerIdAndEpoch(asking.producerId(), asking.producerEpoch());
        Set<TopicPartition> partitions = new HashSet<>(AddPartitionsToTxnRequest.getPartitions(asking.topics()));
        if (!partitions.stream().allMatch(transactions::exists)) {
            results.arrive(
                    number, AddPartitionsToTxnResponse.resultForTransaction(transactionalId, refused(partitions)));
            return;
        }
        Ticket<Map<TopicPartition, Errors>> ticket = new MappedTicket<>(
                results.part(
                        number,
                        error -> AddPartitionsToTxnResponse.resultForTransaction(
                                transactionalId, all(partitions, Errors.forException(error)))),
                errors -> AddPartitionsToTxnResponse.resultForTransaction(transactionalId, errors));
        if (asking.verifyOnly()) {
            transactions
                    .host()
                    .submit(
                            transactionalId,
                            ticket,
                            open -> new VerifyPartitions(open, transactionalId, producer, partitions));
        } else {
            transactions
                    .host()
                    .submit(
                            transactionalId,
                            new MappedTicket<Errors, Map<TopicPartition, Errors>>(
                                    ticket,
                                    error -> all(partitions, TransactionView.known(error, version, KNOWS_FENCED))),
                            open -> new AddPartitions(
                                    open, transactionalId, producer, partitions, clientVersion(version)));
        }
    }

    private static short clientVersion(short requestVersion) {
        return requestVersion >= EPOCH_BUMP ? TransactionVersions.EPOCH_BUMP : TransactionVersions.CLASSIC;
    }

    private Map<TopicPartition, Errors> refused(Set<TopicPartition> partitions) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        for (TopicPartition partition : partitions) {
            errors.put(
                    partition,
                    transactions.exists(partition)
                            ? Errors.OPERATION_NOT_ATTEMPTED
                            : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return errors;
    }

    private static Map<TopicPartition, Errors> all(Set<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return errors;
    }
}
