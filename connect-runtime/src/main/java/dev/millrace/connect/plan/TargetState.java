package dev.millrace.connect.plan;

/** What the user wants a connector to do (KIP-52, KIP-875). */
public enum TargetState {
    /** The connector and its tasks run. */
    RUNNING,
    /** Tasks stay started but neither poll nor put. */
    PAUSED,
    /** There are no tasks and the connector is not started; its config and offsets stay. */
    STOPPED
}
