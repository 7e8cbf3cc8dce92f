package dev.millrace.broker.coordinator.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The memory of a shard: every transactional id that it coordinates. Changed by {@link #apply} alone. */
final class Transactions {

    /**
     * The markers of a transaction that is ending.
     *
     * @param id tells the answers about one ending from those about another: under transaction.version 0 and 1 producer and
     *     epoch may well be the same
     * @param missing the partitions that are not known to have theirs
     */
    record Delivery(long id, Set<TopicPartition> missing) {}

    private static final class Entry {
        private TransactionState state;
        private @Nullable Delivery delivery;
        private final List<Postponable> parked = new ArrayList<>();

        private Entry(TransactionState state) {
            this.state = state;
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();
    private long deliveries;

    @Nullable
    TransactionState state(String transactionalId) {
        Entry entry = entries.get(transactionalId);
        return entry == null ? null : entry.state;
    }

    /** Null unless the transaction is ending. */
    @Nullable
    Delivery delivery(String transactionalId) {
        Entry entry = entries.get(transactionalId);
        return entry == null ? null : entry.delivery;
    }

    /** The id that the next delivery will have. */
    long nextDeliveryId() {
        return deliveries + 1;
    }

    List<Postponable> parked(String transactionalId) {
        Entry entry = entries.get(transactionalId);
        return entry == null ? List.of() : List.copyOf(entry.parked);
    }

    void forEach(BiConsumer<String, TransactionState> action) {
        entries.forEach((transactionalId, entry) -> action.accept(transactionalId, entry.state));
    }

    void apply(TransactionEvent event) {
        String transactionalId = event.transactionalId();
        if (event instanceof TransactionEvent.StateEntered entered) {
            enter(transactionalId, entered.state());
            return;
        }
        Entry entry = entries.get(transactionalId);
        if (entry == null) {
            return;
        }
        if (event instanceof TransactionEvent.Expired) {
            entries.remove(transactionalId);
        } else if (event instanceof TransactionEvent.MarkersDelivered delivered && entry.delivery != null) {
            entry.delivery.missing().removeAll(delivered.partitions());
        } else if (event instanceof TransactionEvent.Parked parked) {
            entry.parked.add(parked.command());
        } else if (event instanceof TransactionEvent.Unparked) {
            entry.parked.clear();
        }
    }

    private void enter(String transactionalId, TransactionState state) {
        Entry entry = entries.computeIfAbsent(transactionalId, id -> new Entry(state));
        entry.state = state;
        entry.delivery = state instanceof TransactionState.Ending
                ? new Delivery(++deliveries, new LinkedHashSet<>(state.partitions()))
                : null;
    }
}
