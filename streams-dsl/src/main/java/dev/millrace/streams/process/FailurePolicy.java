package dev.millrace.streams.process;

import org.jspecify.annotations.Nullable;

/**
 * What to do about records that fail, by phase.
 *
 * @param deadLetterTopic where records go that are left out, with headers that say why (KIP-1034); null for nowhere
 */
public record FailurePolicy(
        FailureResponse deserialization,
        FailureResponse processing,
        FailureResponse production,
        @Nullable String deadLetterTopic) {

    public static final FailurePolicy FAIL_ALWAYS =
            new FailurePolicy(FailureResponse.FAIL, FailureResponse.FAIL, FailureResponse.FAIL, null);
}
