package dev.millrace.broker.machine;

/** Something to be done outside of the state machine once its decision is committed. Each machine has records of its own. */
public interface Effect {}
