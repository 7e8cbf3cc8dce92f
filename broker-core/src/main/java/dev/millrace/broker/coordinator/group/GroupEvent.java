package dev.millrace.broker.coordinator.group;

/**
 * What has happened to groups. Some are records of {@code __consumer_offsets}; the others concern members that are on their
 * way and live in memory only: when they are lost, clients join anew.
 */
public interface GroupEvent {

    /** Total, as {@link dev.millrace.broker.machine.Decider#apply} asks for. */
    void applyTo(Groups groups);
}
