package dev.millrace.streams.plan;

import org.jspecify.annotations.Nullable;

/**
 * A topic between two sub-topologies.
 *
 * @param name without the application's id in front
 * @param partitions as asked for, or null to take after the topics upstream
 */
public record RepartitionTopic(String name, @Nullable Integer partitions) {}
