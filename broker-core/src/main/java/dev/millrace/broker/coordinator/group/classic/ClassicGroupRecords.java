package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.GroupRecords;
import dev.millrace.broker.coordinator.group.classic.GroupStored.StoredMember;
import dev.millrace.broker.coordinator.group.record.RecordReader;
import dev.millrace.broker.coordinator.group.record.RecordWriter;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A generation of a classic group as a record: Kafka's {@code GroupMetadataKey} and {@code GroupMetadataValue}. Written as
 * version 3, as Kafka does.
 */
public final class ClassicGroupRecords implements GroupRecords {

    private static final short KIND = 2;

    private static final short WRITTEN = 3;
    private static final short FLEXIBLE = 4;

    @Override
    public @Nullable ShardRecord encode(GroupEvent event) {
        if (event instanceof GroupStored stored) {
            return ShardRecord.of(key(stored.groupId()), value(stored));
        }
        return event instanceof GroupDeleted deleted ? ShardRecord.of(key(deleted.groupId()), null) : null;
    }

    private static byte[] key(String groupId) {
        return new RecordWriter().int16(KIND).string(groupId).toBytes();
    }

    private static byte[] value(GroupStored group) {
        RecordWriter writer = new RecordWriter()
                .int16(WRITTEN)
                .string(group.protocolType())
                .int32(group.generation())
                .string(group.protocol())
                .string(group.leaderId())
                .int64(group.phaseSinceMs())
                .int32(group.members().size());
        for (StoredMember member : group.members()) {
            writer.string(member.identity().memberId())
                    .string(member.identity().instanceId())
                    .string(member.identity().clientId())
                    .string(member.identity().clientHost())
                    .int32(member.timeouts().rebalanceMs())
                    .int32(member.timeouts().sessionMs())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return writer.toBytes();
    }

    @Override
    public @Nullable GroupEvent decode(
            short kind, RecordReader key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        if (kind != KIND) {
            return null;
        }
        String groupId = key.string();
        return value == null ? new GroupDeleted(groupId) : stored(groupId, new RecordReader(value));
    }

    private static GroupStored stored(String groupId, RecordReader value) {
        short version = value.version("group metadata", FLEXIBLE, FLEXIBLE);
        return new GroupStored(
                groupId,
                value.string(),
                value.int32(),
                value.nullableString(),
                value.nullableString(),
                version >= 2 ? value.int64() : -1,
                value.array(member -> member(member, version)));
    }

    private static StoredMember member(RecordReader value, short version) {
        String memberId = value.string();
        String instanceId = version >= 3 ? value.nullableString() : null;
        String clientId = value.string();
        String clientHost = value.string();
        int rebalanceMs = version >= 1 ? value.int32() : -1;
        int sessionMs = value.int32();
        StoredMember member = new StoredMember(
                new Member.Identity(memberId, instanceId, clientId, clientHost),
                new Member.Timeouts(sessionMs, rebalanceMs < 0 ? sessionMs : rebalanceMs),
                value.bytes(),
                value.bytes());
        value.skipTagged();
        return member;
    }
}
