package dev.millrace.broker.coordinator.group.classic;

import org.jspecify.annotations.Nullable;
import org.pcollections.PSet;

/**
 * Where a classic group stands. A group that is not there at all is listed as {@code Dead}.
 *
 * <pre>
 *           first member joins           all joined, or time is up          the leader assigns
 *   Empty ────────────────────▶ PreparingRebalance ────────▶ CompletingRebalance ────────▶ Stable
 *     ▲                          │    ▲       ▲                      │                        │
 *     └──── nobody is left ──────┘    │       └── members change ────┘                        │
 *                                     └───────────────── members change ──────────────────────┘
 * </pre>
 */
sealed interface Phase {

    /** As Kafka's tools show it. */
    String title();

    /** Nobody is a member; offsets may be committed all the same. */
    record Empty() implements Phase {
        @Override
        public String title() {
            return "Empty";
        }
    }

    /**
     * Waits for members to join.
     *
     * @param growth while an empty group fills up; null for any later rebalance
     */
    record PreparingRebalance(@Nullable Growth growth) implements Phase {

        /**
         * An empty group that fills up is given time: as long as members keep coming, but never beyond the limit.
         *
         * @param newcomers members joined since the delay began
         */
        record Growth(long limitMs, boolean newcomers) {}

        @Override
        public String title() {
            return "PreparingRebalance";
        }
    }

    /**
     * Waits for the leader to assign.
     *
     * @param unsynced members that have not asked for their assignment yet
     */
    record CompletingRebalance(PSet<String> unsynced) implements Phase {
        @Override
        public String title() {
            return "CompletingRebalance";
        }
    }

    /**
     * Everybody has an assignment.
     *
     * @param unsynced members that have not asked for theirs yet
     */
    record Stable(PSet<String> unsynced) implements Phase {
        @Override
        public String title() {
            return "Stable";
        }
    }
}
