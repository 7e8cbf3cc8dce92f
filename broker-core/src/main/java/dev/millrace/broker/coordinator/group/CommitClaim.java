package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who somebody that commits offsets claims to be.
 *
 * @param memberEpoch the generation of a member that speaks the classic protocol; negative for somebody who knows none
 * @param partitions that offsets are committed for
 */
public record CommitClaim(
        String memberId, @Nullable String instanceId, int memberEpoch, Supplier<List<PartitionId>> partitions) {

    /** Whether it is on behalf of a member at all. */
    public boolean isOfMember() {
        return memberEpoch >= 0 || !memberId.isEmpty() || instanceId != null;
    }
}
