package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.coordinator.transaction.DescribeTransaction;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;

/** DescribeTransactions (key 65). */
final class DescribeTransactionsHandler
        implements ApiHandler<DescribeTransactionsRequest, DescribeTransactionsResponseData> {

    private final TransactionView transactions;

    DescribeTransactionsHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_TRANSACTIONS;
    }

    @Override
    public void handle(
            ApiRequest<DescribeTransactionsRequest> request, Ticket<DescribeTransactionsResponseData> ticket) {
        List<String> ids = request.body().data().transactionalIds();
        Gathering<TransactionState> states = new Gathering<>(
                ids.size(), all -> ticket.answer(new DescribeTransactionsResponseData().setTransactionStates(all)));
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            transactions
                    .host()
                    .submit(
                            id,
                            states.part(i, error -> new TransactionState()
                                    .setTransactionalId(id)
                                    .setErrorCode(Errors.forException(error).code())),
                            open -> new DescribeTransaction(open, id));
        }
    }
}
