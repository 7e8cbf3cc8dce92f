package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.CommitClaim;
import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import org.apache.kafka.common.protocol.Errors;

/**
 * Whether a member of a consumer group, or somebody else, may commit offsets of the group. A member that is behind may
 * still commit for partitions that it has had all the while since the epoch that it knows (KIP-1251).
 */
record CommitFence(ConsumerGroup group, CommitClaim claim) {

    /** From this version on a member tells its epoch. */
    private static final short MEMBER_EPOCH_VERSION = 9;

    Errors check(short version) {
        if (claim.memberEpoch() < 0 && group.isEmpty()) {
            return Errors.NONE;
        }
        ConsumerMember member = group.member(claim.memberId());
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!member.isClassic() && version < MEMBER_EPOCH_VERSION) {
            return Errors.UNSUPPORTED_VERSION;
        }
        return checkEpoch(member);
    }

    /** In a transaction a producer may commit without saying for whom; nor can it tell a stale epoch from another. */
    Errors checkTransactional() {
        if (!claim.isOfMember() || (claim.memberEpoch() < 0 && group.isEmpty())) {
            return Errors.NONE;
        }
        ConsumerMember member = group.member(claim.memberId());
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = checkEpoch(member);
        return error == Errors.STALE_MEMBER_EPOCH ? Errors.ILLEGAL_GENERATION : error;
    }

    private Errors checkEpoch(ConsumerMember member) {
        CurrentAssignment current = group.current(member.id());
        boolean upToDate = claim.memberEpoch() == current.memberEpoch();
        boolean heldSince = claim.memberEpoch() < current.memberEpoch()
                && claim.partitions().get().stream().allMatch(partition -> isHeldSince(current, partition));
        if (upToDate || heldSince) {
            return Errors.NONE;
        }
        return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }

    private boolean isHeldSince(CurrentAssignment current, PartitionId partition) {
        Integer assigned = current.assigned().get(partition);
        Integer since = assigned == null ? current.pendingRevocation().get(partition) : assigned;
        return since != null && since <= claim.memberEpoch();
    }
}
