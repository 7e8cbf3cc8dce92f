package dev.millrace.broker.coordinator.group.consumer;

import dev.millrace.broker.coordinator.group.assignor.PartitionId;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a member has at present, and how far it is on its way to what it should have. Durable: the
 * {@code ConsumerGroupCurrentMemberAssignment} record.
 *
 * <pre>
 *              must give up partitions                 gave them up, others are not free yet
 *   STABLE ─────────────────────────▶ UNREVOKED ────────────────────▶ UNRELEASED
 *     ▲ ▲ │                             │                                │   ▲
 *     │ │ └── waits for others' ────────┼────────────────────────────────┼───┘
 *     │ └────────── gave them up ───────┘                                │
 *     └──────────────────── the rest became free ────────────────────────┘
 * </pre>
 *
 * @param memberEpoch the target that the member has reached; {@link #LEFT} for a static member that will be back
 * @param previousMemberEpoch accepted as well, once: the member may not have learned of the latest
 * @param assigned with the member epoch at which each came to the member (KIP-1251)
 * @param pendingRevocation what the member was told to give up, and may still have
 */
record CurrentAssignment(
        int memberEpoch,
        int previousMemberEpoch,
        State state,
        SortedMap<PartitionId, Integer> assigned,
        SortedMap<PartitionId, Integer> pendingRevocation) {

    /** The epoch of a static member that has left for a short time (KIP-345). */
    static final int LEFT = -2;

    static final CurrentAssignment NEW = new CurrentAssignment(0, 0, State.STABLE, Map.of(), Map.of());

    /** Kafka's {@code MemberState}. */
    enum State {
        STABLE(0),
        UNREVOKED_PARTITIONS(1),
        UNRELEASED_PARTITIONS(2),
        /** Written by a later release. */
        UNKNOWN(127);

        private final byte id;

        State(int id) {
            this.id = (byte) id;
        }

        byte id() {
            return id;
        }

        static State of(byte id) {
            for (State state : values()) {
                if (state.id == id) {
                    return state;
                }
            }
            return UNKNOWN;
        }
    }

    CurrentAssignment(
            int memberEpoch,
            int previousMemberEpoch,
            State state,
            Map<PartitionId, Integer> assigned,
            Map<PartitionId, Integer> pendingRevocation) {
        this(memberEpoch, previousMemberEpoch, state, sorted(assigned), sorted(pendingRevocation));
    }

    private static SortedMap<PartitionId, Integer> sorted(Map<PartitionId, Integer> partitions) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
    }

    boolean hasLeft() {
        return memberEpoch == LEFT;
    }

    boolean isReconciledTo(int assignmentEpoch) {
        return state == State.STABLE && memberEpoch == assignmentEpoch;
    }

    /** A static member leaves, and is expected back: what it was about to give up is free, and nothing is waited for. */
    CurrentAssignment left() {
        return new CurrentAssignment(LEFT, previousMemberEpoch, State.STABLE, assigned, Map.of());
    }

    /** What a static member's successor starts from. */
    CurrentAssignment rejoined() {
        return new CurrentAssignment(0, 0, state, assigned, pendingRevocation);
    }
}
