package dev.millrace.connect.machine;

import java.util.List;

/** What a command leads to: events to append and apply in order, or the reason why nothing happens. */
public sealed interface Decision<E> {

    /** The events happen, in this order. An empty list means that what is wanted is so already. */
    record Happens<E>(List<E> events) implements Decision<E> {
        public Happens {
            events = List.copyOf(events);
        }
    }

    /** Nothing happens. The reason is meant for the person who asked. */
    record Refused<E>(Reason reason, String message) implements Decision<E> {}

    /** Why a command is refused; the REST resources give each its HTTP status. */
    enum Reason {
        BAD_REQUEST,
        NOT_FOUND,
        CONFLICT
    }

    static <E> Decision<E> nothing() {
        return new Happens<>(List.of());
    }

    static <E> Decision<E> of(E event) {
        return new Happens<>(List.of(event));
    }

    static <E> Decision<E> of(List<E> events) {
        return new Happens<>(events);
    }

    static <E> Decision<E> refused(Reason reason, String message) {
        return new Refused<>(reason, message);
    }
}
