package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.coordinator.group.record.RecordReader;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Some kinds of records of {@code __consumer_offsets}, and the events that they are. */
public interface GroupRecords {

    /** Null for an event that lives in memory only, or is kept in records of other kinds. */
    @Nullable
    ShardRecord encode(GroupEvent event);

    /**
     * Null for a kind that is not one of these.
     *
     * @param key behind its kind
     */
    @Nullable
    GroupEvent decode(
            short kind, RecordReader key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer);
}
