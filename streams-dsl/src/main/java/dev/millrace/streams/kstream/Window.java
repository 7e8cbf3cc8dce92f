package dev.millrace.streams.kstream;

/** A span of event time, in milliseconds since the epoch: the start belongs to it, the end does not. */
public record Window(long start, long end) {}
