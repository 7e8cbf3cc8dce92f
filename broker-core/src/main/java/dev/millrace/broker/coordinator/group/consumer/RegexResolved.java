package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.subscription.ResolvedRegex;
import org.jspecify.annotations.Nullable;

/** The topics that an expression matches, or null for one that nobody uses any more. Durable: the {@code ConsumerGroupRegularExpression} record. */
record RegexResolved(String groupId, String regex, @Nullable ResolvedRegex resolved) implements ConsumerGroupEvent {
    @Override
    public boolean createsGroup() {
        return resolved != null;
    }

    @Override
    public void applyTo(ConsumerGroup group) {
        group.on(this);
    }
}
