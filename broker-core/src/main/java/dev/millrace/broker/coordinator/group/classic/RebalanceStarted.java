package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.classic.Phase.PreparingRebalance.Growth;
import org.jspecify.annotations.Nullable;

/**
 * The group waits for its members to join; or goes on waiting, for it grows. In memory only.
 *
 * @param growth see {@link Phase.PreparingRebalance}
 */
record RebalanceStarted(String groupId, @Nullable Growth growth, long atMs) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
