package dev.millrace.streams.plan;

import org.apache.kafka.common.serialization.Serde;
import org.jspecify.annotations.Nullable;

/** What a repartitioning is asked to be. */
record Repartition(
        String prefix,
        @Nullable Serde<?> keySerde,
        @Nullable Serde<?> valueSerde,
        @Nullable Integer partitions) {}
