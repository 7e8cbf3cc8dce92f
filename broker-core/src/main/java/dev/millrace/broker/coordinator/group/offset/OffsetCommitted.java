package dev.millrace.broker.coordinator.group.offset;

import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.Groups;
import dev.millrace.broker.machine.ShardRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * An offset was committed. Durable: the {@code OffsetCommit} record.
 *
 * @param producer whose transaction must be committed for it to count; null if it counts at once
 */
record OffsetCommitted(
        String groupId, TopicPartition partition, CommittedOffset offset, ShardRecord.@Nullable Producer producer)
        implements GroupEvent {

    @Override
    public void applyTo(Groups groups) {
        groups.ensure(groupId);
        if (producer == null) {
            groups.offsets().commit(groupId, partition, offset);
        } else {
            groups.offsets().commitInTransaction(producer.id(), groupId, partition, offset);
        }
    }
}
