package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;

/** The group is gone. Durable: a tombstone of the {@code GroupMetadata} record. Its offsets have tombstones of their own. */
record GroupDeleted(String groupId) implements GroupEvent {
    @Override
    public void applyTo(Groups groups) {
        groups.remove(groupId, ClassicGroup.class);
    }
}
