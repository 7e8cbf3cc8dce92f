package dev.millrace.broker.coordinator.group;

/** A producer's transaction has ended, and with it the wait of its offsets. The control record itself is what is durable. */
record TransactionEnded(long producerId, boolean committed) implements GroupEvent {
    @Override
    public void applyTo(Groups groups) {
        groups.offsets().endTransaction(producerId, committed);
    }
}
