package dev.millrace.broker.coordinator.group.classic;

/** A member, or an id that was given out, is gone. In memory only: the next generation is stored without it. */
record MemberRemoved(String groupId, String memberId) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
