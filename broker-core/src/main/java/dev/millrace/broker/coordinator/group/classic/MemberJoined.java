package dev.millrace.broker.coordinator.group.classic;

/** A member has come, or come again, and waits for the others. In memory only. */
record MemberJoined(String groupId, String protocolType, Member member) implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
