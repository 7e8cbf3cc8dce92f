package dev.millrace.broker.log.epoch;

/** Where a leader epoch ends: the first offset of the next one, or the log end. */
public record EpochEndOffset(int leaderEpoch, long endOffset) {}
