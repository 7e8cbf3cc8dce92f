package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;

/** A producer's transaction has ended, and with it the wait of its offsets. The control record itself is what is durable. */
public record TransactionEnded(long producerId, boolean committed) implements GroupEvent {
    @Override
    public void applyTo(Groups groups) {
        groups.offsets().endTransaction(producerId, committed);
    }
}
