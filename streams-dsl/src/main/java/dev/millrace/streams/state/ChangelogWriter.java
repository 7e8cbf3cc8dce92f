package dev.millrace.streams.state;

import org.jspecify.annotations.Nullable;

/** Where the changes of one store of one task go. */
@FunctionalInterface
public interface ChangelogWriter {

    /** For stores that keep no changelog. */
    ChangelogWriter NONE = (key, value, timestampMs) -> {};

    /** @param value null for a deletion */
    void append(byte[] key, byte @Nullable [] value, long timestampMs);
}
