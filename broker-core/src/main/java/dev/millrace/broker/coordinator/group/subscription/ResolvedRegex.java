package dev.millrace.broker.coordinator.group.subscription;

import java.util.SortedSet;

/**
 * The topics that a regular expression matched. Durable: the {@code ConsumerGroupRegularExpression} record.
 *
 * @param version of the cluster's metadata that were looked at
 * @param resolvedAtMs milliseconds since the epoch
 */
public record ResolvedRegex(SortedSet<String> topics, long version, long resolvedAtMs) {}
