package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a member of a consumer group, or somebody else, may commit offsets of the group. A member that is behind may
 * still commit for partitions that it has had all the while since the epoch that it knows (KIP-1251).
 *
 * @param memberEpoch the generation of a member that speaks the classic protocol
 */
record CommitFence(
        ConsumerGroup group, String memberId, @Nullable String instanceId, int memberEpoch) {

    /** From this version on a member tells its epoch. */
    private static final short MEMBER_EPOCH_VERSION = 9;

    /** @param partitions that offsets are committed for */
    Errors check(Supplier<List<PartitionId>> partitions, short version) {
        if (memberEpoch < 0 && group.isEmpty()) {
            return Errors.NONE;
        }
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!member.isClassic() && version < MEMBER_EPOCH_VERSION) {
            return Errors.UNSUPPORTED_VERSION;
        }
        return checkEpoch(member, partitions);
    }

    /** In a transaction a producer may commit without saying for whom; nor can it tell a stale epoch from another. */
    Errors checkTransactional(Supplier<List<PartitionId>> partitions) {
        boolean nobody = memberEpoch == -1 && memberId.isEmpty() && instanceId == null;
        if (nobody || (memberEpoch < 0 && group.isEmpty())) {
            return Errors.NONE;
        }
        ConsumerMember member = group.member(memberId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        Errors error = checkEpoch(member, partitions);
        return error == Errors.STALE_MEMBER_EPOCH ? Errors.ILLEGAL_GENERATION : error;
    }

    private Errors checkEpoch(ConsumerMember member, Supplier<List<PartitionId>> partitions) {
        CurrentAssignment current = group.current(member.id());
        boolean upToDate = memberEpoch == current.memberEpoch();
        boolean heldSince = memberEpoch < current.memberEpoch()
                && partitions.get().stream().allMatch(partition -> isHeldSince(current, partition));
        if (upToDate || heldSince) {
            return Errors.NONE;
        }
        return member.isClassic() ? Errors.ILLEGAL_GENERATION : Errors.STALE_MEMBER_EPOCH;
    }

    private boolean isHeldSince(CurrentAssignment current, PartitionId partition) {
        Integer assigned = current.assigned().get(partition);
        Integer since = assigned == null ? current.pendingRevocation().get(partition) : assigned;
        return since != null && since <= memberEpoch;
    }
}
