package dev.millrace.broker;

/** A batch of one record that was given its place in the producer's sequence. */
record ModelBatch(int partition, String value, long producerId, short epoch, int sequence) {}
