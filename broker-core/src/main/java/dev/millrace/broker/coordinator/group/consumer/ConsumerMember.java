package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.classic.Member;
import dev.millrace.broker.coordinator.group.classic.Member.Protocol;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a consumer group has told of itself. Durable: the {@code ConsumerGroupMemberMetadata} record.
 *
 * @param rebalanceTimeoutMs how long it may take to give up partitions
 * @param topicRegex in RE2's words; empty without one
 * @param assignor the one it would like; null when it leaves the choice
 * @param classic what else the coordinator must know of a member that speaks the classic protocol; null for any other
 */
record ConsumerMember(
        Member.Identity identity,
        @Nullable String rackId,
        int rebalanceTimeoutMs,
        SortedSet<String> topics,
        String topicRegex,
        @Nullable String assignor,
        @Nullable Classic classic) {

    /** How the member speaks the classic protocol; its subscription is the same in each of its protocols. */
    record Classic(int sessionTimeoutMs, List<Protocol> protocols) {}

    String id() {
        return identity.memberId();
    }

    @Nullable
    String instanceId() {
        return identity.instanceId();
    }

    boolean isClassic() {
        return classic != null;
    }

    boolean hasRegex() {
        return !topicRegex.isEmpty();
    }

    /** The same instance under another member id. */
    ConsumerMember renamed(String memberId) {
        Member.Identity renamed =
                new Member.Identity(memberId, identity.instanceId(), identity.clientId(), identity.clientHost());
        return new ConsumerMember(renamed, rackId, rebalanceTimeoutMs, topics, topicRegex, assignor, classic);
    }
}
