package dev.millrace.connect.worker.answer;

/** The state of a connector or task as it is kept in the status topic. */
public enum RunState {
    UNASSIGNED,
    RUNNING,
    PAUSED,
    FAILED,
    DESTROYED,
    RESTARTING,
    STOPPED
}
