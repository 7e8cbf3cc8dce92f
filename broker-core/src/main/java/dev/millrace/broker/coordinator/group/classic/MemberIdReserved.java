package dev.millrace.broker.coordinator.group.classic;

/** A member id was given out, and its member asked to join again with it (KIP-394). In memory only. */
record MemberIdReserved(String groupId, String memberId) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
