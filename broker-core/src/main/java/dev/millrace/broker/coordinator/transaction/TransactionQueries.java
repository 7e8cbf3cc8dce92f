package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Tells operators what there is. */
final class TransactionQueries {

    private final Transactions transactions;

    TransactionQueries(Transactions transactions) {
        this.transactions = transactions;
    }

    Decision<TransactionEvent> decide(DescribeTransaction query) {
        String transactionalId = query.transactionalId();
        TransactionState state = transactions.state(transactionalId);
        DescribeTransactionsResponseData.TransactionState answer =
                new DescribeTransactionsResponseData.TransactionState().setTransactionalId(transactionalId);
        if (transactionalId.isEmpty()) {
            answer.setErrorCode(Errors.INVALID_REQUEST.code());
        } else if (state == null) {
            answer.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        } else {
            describe(answer, state);
        }
        return Decision.answer(query.ticket(), answer);
    }

    private void describe(DescribeTransactionsResponseData.TransactionState answer, TransactionState state) {
        answer.setProducerId(state.producer().id())
                .setProducerEpoch(state.producer().epoch())
                .setTransactionState(state.status().title())
                .setTransactionTimeoutMs(state.producer().timeoutMs())
                .setTransactionStartTimeMs(state.startedMs());
        for (TopicPartition partition : missing(answer.transactionalId(), state)) {
            DescribeTransactionsResponseData.TopicData topic = answer.topics().find(partition.topic());
            if (topic == null) {
                topic = new DescribeTransactionsResponseData.TopicData().setTopic(partition.topic());
                answer.topics().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
    }

    /** Those that wait for their markers, where the transaction is ending: what an operator looks for. */
    private Iterable<TopicPartition> missing(String transactionalId, TransactionState state) {
        Transactions.@Nullable Delivery delivery = transactions.delivery(transactionalId);
        return delivery == null ? state.partitions() : delivery.missing();
    }

    Decision<TransactionEvent> decide(ListTransactions query, long nowMs) {
        List<ListTransactionsResponseData.TransactionState> answer = new ArrayList<>();
        transactions.forEach((transactionalId, state) -> {
            if (query.filter().passes(state, nowMs)) {
                answer.add(new ListTransactionsResponseData.TransactionState()
                        .setTransactionalId(transactionalId)
                        .setProducerId(state.producer().id())
                        .setTransactionState(state.status().title()));
            }
        });
        return Decision.answer(query.ticket(), answer);
    }
}
