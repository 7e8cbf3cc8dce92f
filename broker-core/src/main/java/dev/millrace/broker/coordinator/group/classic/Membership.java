package dev.millrace.broker.coordinator.group.classic;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Whether a request comes from a member of the group. */
final class Membership {

    private Membership() {}

    /** {@link Errors#NONE} if it does. An instance's former member id is fenced (KIP-345). */
    static Errors check(ClassicGroup group, String memberId, @Nullable String instanceId) {
        if (instanceId != null) {
            String current = group.memberIdOf(instanceId);
            if (current == null) {
                return Errors.UNKNOWN_MEMBER_ID;
            }
            if (!current.equals(memberId)) {
                return Errors.FENCED_INSTANCE_ID;
            }
        }
        return group.member(memberId) == null ? Errors.UNKNOWN_MEMBER_ID : Errors.NONE;
    }

    /** As {@link #check(ClassicGroup, String, String)}, and whether the member knows which generation it is. */
    static Errors check(ClassicGroup group, String memberId, @Nullable String instanceId, int generation) {
        Errors error = check(group, memberId, instanceId);
        return error == Errors.NONE && generation != group.generation() ? Errors.ILLEGAL_GENERATION : error;
    }
}
