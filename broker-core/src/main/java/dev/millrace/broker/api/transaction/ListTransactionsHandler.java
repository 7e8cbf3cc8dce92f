package dev.millrace.broker.api.transaction;

import com.google.re2j.PatternSyntaxException;
import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.transaction.ListTransactions;
import dev.millrace.broker.coordinator.transaction.TransactionStatus;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.security.ClientRegex;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.jspecify.annotations.Nullable;

/** ListTransactions (key 66): those that this broker coordinates. */
final class ListTransactionsHandler implements ApiHandler<ListTransactionsRequest, ListTransactionsResponseData> {

    private final TransactionView transactions;

    ListTransactionsHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.LIST_TRANSACTIONS;
    }

    @Override
    public void handle(ApiRequest<ListTransactionsRequest> request, Ticket<ListTransactionsResponseData> ticket) {
        ListTransactionsRequestData data = request.body().data();
        Predicate<String> matches = matching(data.transactionalIdPattern());
        List<String> unknown = new ArrayList<>();
        Set<TransactionStatus> statuses = EnumSet.noneOf(TransactionStatus.class);
        for (String title : data.stateFilters()) {
            TransactionStatus.ofTitle(title).ifPresentOrElse(statuses::add, () -> unknown.add(title));
        }
        ListTransactions.Filter filter = new ListTransactions.Filter(
                new HashSet<>(data.producerIdFilters()),
                data.stateFilters().isEmpty() ? null : statuses,
                data.durationFilter());
        transactions
                .host()
                .<List<TransactionState>>submitToAll(
                        new MappedTicket<>(ticket, shards -> new ListTransactionsResponseData()
                                .setUnknownStateFilters(unknown)
                                .setTransactionStates(shards.stream()
                                        .flatMap(List::stream)
                                        .filter(state -> matches.test(state.transactionalId()))
                                        .toList())),
                        open -> new ListTransactions(open, filter));
    }

    /** KIP-1152. In time linear to the id, whatever the pattern. */
    private static Predicate<String> matching(@Nullable String pattern) {
        if (pattern == null || pattern.isEmpty()) {
            return id -> true;
        }
        try {
            return ClientRegex.compile(pattern)::matches;
        } catch (PatternSyntaxException e) {
            throw new InvalidRegularExpression(
                    "The transactional id pattern " + pattern + " is not valid: " + e.getMessage());
        }
    }
}
