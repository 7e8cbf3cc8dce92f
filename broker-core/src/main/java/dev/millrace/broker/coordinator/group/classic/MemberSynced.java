package dev.millrace.broker.coordinator.group.classic;

/** A member has asked for its assignment, and waits for it or has it. In memory only. */
record MemberSynced(String groupId, String memberId, Waiting waiting) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
