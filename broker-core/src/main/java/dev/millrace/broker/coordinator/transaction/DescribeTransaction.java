package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;

/** Tells all about one transactional id (DescribeTransactions, key 65). */
public record DescribeTransaction(
        Ticket<DescribeTransactionsResponseData.TransactionState> ticket, String transactionalId)
        implements TransactionCommand {}
