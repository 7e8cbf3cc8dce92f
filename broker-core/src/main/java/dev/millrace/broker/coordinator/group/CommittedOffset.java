package dev.millrace.broker.coordinator.group;

import org.apache.kafka.common.Uuid;

/**
 * Where a group is in a partition.
 *
 * @param leaderEpoch of the last record that was read (KIP-320); -1 when unknown
 * @param metadata whatever the client wants to keep
 * @param expiresAtMs only if the client asked for a retention of its own (OffsetCommit v2–4); else -1
 * @param topicId {@link Uuid#ZERO_UUID} when unknown
 */
public record CommittedOffset(
        long offset, int leaderEpoch, String metadata, long committedAtMs, long expiresAtMs, Uuid topicId) {

    public static final long NEVER_EXPIRES = -1;

    /** Whether it is of the topic: not if that was deleted and created again. An unknown id is a match. */
    public boolean isOf(Uuid id) {
        return id.equals(Uuid.ZERO_UUID) || topicId.equals(Uuid.ZERO_UUID) || topicId.equals(id);
    }
}
