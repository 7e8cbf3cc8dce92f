package dev.millrace.streams;

/** Is told when an application's state changes. Called from the application's threads, one at a time; must not block. */
@FunctionalInterface
public interface StateListener {
    void onChange(ApplicationState newState, ApplicationState oldState);
}
