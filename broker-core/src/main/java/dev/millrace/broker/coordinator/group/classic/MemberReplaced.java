package dev.millrace.broker.coordinator.group.classic;

/** A static member's instance has come back under a new member id (KIP-345). In memory only. */
record MemberReplaced(String groupId, String formerMemberId, Member member) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
