package dev.millrace.broker.coordinator.group.assignor;

import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A member as an assignor sees it.
 *
 * @param instanceId of a static member (KIP-345)
 * @param topicIds what it has subscribed to, as far as the topics exist
 * @param current what it was to have so far; no partition is two members'
 */
public record Subscriber(String memberId, @Nullable String instanceId, Set<Uuid> topicIds, Set<PartitionId> current) {}
