package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Ticket;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.jspecify.annotations.Nullable;

/** Names the transactional ids of one shard that pass a filter (ListTransactions, key 66). */
public record ListTransactions(Ticket<List<ListTransactionsResponseData.TransactionState>> ticket, Filter filter)
        implements TransactionCommand {

    /**
     * @param producerIds empty for all
     * @param statuses null for all; a set without elements passes nothing
     * @param runningLongerThanMs negative for all (KIP-994)
     */
    public record Filter(Set<Long> producerIds, @Nullable Set<TransactionStatus> statuses, long runningLongerThanMs) {

        boolean passes(TransactionState state, long nowMs) {
            return (producerIds.isEmpty()
                            || producerIds.contains(state.producer().id()))
                    && (statuses == null || statuses.contains(state.status()))
                    && (runningLongerThanMs < 0 || nowMs - state.startedMs() > runningLongerThanMs);
        }
    }
}
