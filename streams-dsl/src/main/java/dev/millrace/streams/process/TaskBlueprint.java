package dev.millrace.streams.process;

import dev.millrace.streams.plan.InternalTopics;

/**
 * What all tasks of an application have in common.
 *
 * @param dirtyKeysMax how many changed keys may gather in a cached store before they go downstream; 0 for none
 */
public record TaskBlueprint(
        InternalTopics topics, Defaults defaults, FailurePolicy failurePolicy, int dirtyKeysMax, Counters counters) {}
