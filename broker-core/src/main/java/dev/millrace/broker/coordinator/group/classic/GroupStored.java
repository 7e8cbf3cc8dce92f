package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.record.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A generation that the group has agreed on, or the one that nobody is in. Durable: the {@code GroupMetadata} record.
 *
 * @param protocolType empty for a group without one
 * @param phaseSinceMs milliseconds since the epoch, -1 when nobody knows
 */
record GroupStored(
        String groupId,
        String protocolType,
        int generation,
        @Nullable String protocol,
        @Nullable String leaderId,
        long phaseSinceMs,
        List<StoredMember> members)
        implements ClassicGroupEvent {

    /** @param subscription what the member says in the group's protocol */
    record StoredMember(Member.Identity identity, Member.Timeouts timeouts, Bytes subscription, Bytes assignment) {

        /** @param former the member as it was known, whose other protocols live on if the record still describes it */
        Member toMember(@Nullable String protocol, @Nullable Member former) {
            return new Member(identity, timeouts, protocols(protocol, former), assignment, Waiting.NOT);
        }

        private List<Member.Protocol> protocols(@Nullable String protocol, @Nullable Member former) {
            if (protocol == null) {
                return List.of();
            }
            if (former != null
                    && former.speaks(protocol)
                    && former.metadata(protocol).equals(subscription)) {
                return former.protocols();
            }
            return List.of(new Member.Protocol(protocol, subscription));
        }
    }

    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
