package dev.millrace.broker.machine;

/** What the holder of a ticket is to be told, once the decision is committed. */
public record Answer<R>(Ticket<R> ticket, R value) {}
