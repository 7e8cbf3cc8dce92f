package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.machine.TimerChange;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * A group of any kind, as far as they are alike: it has an id, a state, perhaps members, and committed offsets. Each kind
 * is a package of its own, which nobody else looks into: {@code classic}, {@code consumer} (KIP-848). Share groups
 * (KIP-932) and streams groups (KIP-1071) join in as {@code share} and {@code streams}: with a group, its commands, its
 * events, and {@link GroupRecords} that {@code shard} has in its list.
 */
public interface Group {

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

    /** Whether the group knows what its members read. */
    boolean knowsSubscriptions();

    /** Since when an offset has been of no use to the group; empty while it is in use (KIP-211). */
    OptionalLong unusedSinceMs(String topic, CommittedOffset offset);

    /**
     * {@link Errors#NONE} if whoever claims this may commit offsets of the group.
     *
     * @param version of the request: what a client can tell depends on it
     */
    Errors checkCommit(CommitClaim claim, short version);

    /** {@link Errors#NONE} if a producer may commit offsets of the group in its transaction, on behalf of whom it claims. */
    Errors checkTransactionalCommit(CommitClaim claim);

    /** {@link Errors#NONE} if offsets may be fetched by a member that believes to be in this epoch, or by nobody. */
    Errors checkFetch(@Nullable String memberId, int memberEpoch);

    /** What a commit of a member does to its session. */
    List<TimerChange> onCommitOf(String memberId, long nowMs);

    /** What the group waits for when it was read from the log: every member has a full session to be heard of. */
    List<TimerChange> onLoaded(ClusterTopics topics, GroupConfig config, long nowMs);

    /** What makes an end of the group; its offsets are another matter. */
    List<GroupEvent> deletion();
}
