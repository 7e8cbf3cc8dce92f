package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import java.util.List;

/** The handlers of transactions. */
public final class TransactionApis {

    private TransactionApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(TransactionView transactions) {
        return List.of(
                new InitProducerIdHandler(transactions),
                new AddPartitionsToTxnHandler(transactions),
                new AddOffsetsToTxnHandler(transactions),
                new EndTxnHandler(transactions),
                new WriteTxnMarkersHandler(transactions),
                new DescribeTransactionsHandler(transactions),
                new ListTransactionsHandler(transactions));
    }
}
