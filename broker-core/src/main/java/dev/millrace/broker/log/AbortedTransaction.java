package dev.millrace.broker.log;

/** A transaction that was aborted: the producer, and the offset of its first record (Fetch response, key 1). */
public record AbortedTransaction(long producerId, long firstOffset) {}
