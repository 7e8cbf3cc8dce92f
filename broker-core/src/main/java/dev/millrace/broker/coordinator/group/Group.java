package dev.millrace.broker.coordinator.group;

import java.util.List;
import java.util.OptionalLong;

/**
 * A group of any protocol, as far as they are alike: it has an id, a state, perhaps members, and committed offsets. Groups of
 * further protocols (share groups, KIP-932; streams groups, KIP-1071) join in here, each with commands and events of its own.
 */
sealed interface Group permits ClassicGroup, ConsumerGroup {

    String id();

    /** As ListGroups tells it and is asked for it. */
    String type();

    /** As Kafka's tools show it. */
    String state();

    /** As ListGroups tells it; empty for a group that never had a member. */
    String listedProtocolType();

    /** Whether nobody is a member. */
    boolean isEmpty();

    /** Whether nobody is about to become a member, either: nothing is lost with the group but its offsets. */
    boolean isUnused();

    /** Whether members read the topic, so that its offsets must stay. */
    boolean isSubscribedTo(String topic);

    /** Since when an offset has been of no use to the group; empty while it is in use (KIP-211). */
    OptionalLong unusedSinceMs(String topic, CommittedOffset offset);

    /** What makes an end of the group; its offsets are another matter. */
    List<GroupEvent> deletion();
}
