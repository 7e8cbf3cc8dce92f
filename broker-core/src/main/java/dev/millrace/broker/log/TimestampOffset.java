package dev.millrace.broker.log;

/** A record found by time. The epoch is -1 when none is recorded. */
public record TimestampOffset(long timestampMs, long offset, int leaderEpoch) {}
