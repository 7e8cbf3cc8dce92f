package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.Group;
import dev.millrace.broker.coordinator.group.GroupConfig;

/** A group of another kind that has members, or lets them in, who speak the classic protocol (KIP-848). */
public interface HostsClassicMembers extends Group {

    /** Answers what these members ask. */
    ClassicRequests classicRequests(ClusterTopics topics, GroupConfig config, long nowMs);
}
