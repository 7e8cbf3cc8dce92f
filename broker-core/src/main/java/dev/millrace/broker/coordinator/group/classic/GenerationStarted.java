package dev.millrace.broker.coordinator.group.classic;

/** Everybody is here, and the leader is to assign. In memory only, until it has. */
record GenerationStarted(String groupId, int generation, String protocol, String leaderId, long atMs)
        implements ClassicGroupEvent {
    @Override
    public void applyTo(ClassicGroup group) {
        group.on(this);
    }
}
