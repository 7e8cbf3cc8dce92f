package dev.millrace.broker.log.config;

/**
 * What one cleaning may take of the machine.
 *
 * @param mapBytes for the map of keys: log.cleaner.dedupe.buffer.size, shared by log.cleaner.threads
 * @param mapLoadFactor the part of the map that may be filled: log.cleaner.io.buffer.load.factor
 * @param bufferBytes of each of its buffers: half of log.cleaner.io.buffer.size, shared by log.cleaner.threads; a larger
 *     batch gets a larger one
 */
public record CleaningLimits(long mapBytes, double mapLoadFactor, int bufferBytes) {}
