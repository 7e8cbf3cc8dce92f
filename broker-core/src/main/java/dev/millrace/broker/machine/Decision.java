package dev.millrace.broker.machine;

import java.util.ArrayList;
import java.util.List;

/**
 * Everything a decision may cause, as data. The host applies the events at once and in order, appends those that are
 * durable, and releases the answers and performs the effects only when what was appended is committed.
 */
public record Decision<E>(List<E> events, List<Answer<?>> answers, List<TimerChange> timers, List<Effect> effects) {

    private static final Decision<?> NONE = new Decision<>(List.of(), List.of(), List.of(), List.of());

    @SuppressWarnings("unchecked") // holds no E
    public static <E> Decision<E> none() {
        return (Decision<E>) NONE;
    }

    /** Nothing happens; somebody is told so. */
    public static <E, R> Decision<E> answer(Ticket<R> ticket, R value) {
        return new Decision<>(List.of(), List.of(new Answer<>(ticket, value)), List.of(), List.of());
    }

    public static <E> Builder<E> builder() {
        return new Builder<>();
    }

    /** Collects a decision in the order in which it is made. */
    public static final class Builder<E> {
        private final List<E> events = new ArrayList<>();
        private final List<Answer<?>> answers = new ArrayList<>();
        private final List<TimerChange> timers = new ArrayList<>();
        private final List<Effect> effects = new ArrayList<>();

        private Builder() {}

        public Builder<E> event(E event) {
            events.add(event);
            return this;
        }

        public <R> Builder<E> answer(Ticket<R> ticket, R value) {
            answers.add(new Answer<>(ticket, value));
            return this;
        }

        /** See {@link TimerChange.Schedule}. */
        public Builder<E> schedule(Object command, long deadlineMs) {
            timers.add(new TimerChange.Schedule(command, deadlineMs));
            return this;
        }

        /** See {@link TimerChange.Cancel}. */
        public Builder<E> cancel(Object command) {
            timers.add(new TimerChange.Cancel(command));
            return this;
        }

        /** See {@link TimerChange.AtOnce}. */
        public Builder<E> atOnce(Object command, Ticket<?> ticket) {
            timers.add(new TimerChange.AtOnce(command, ticket));
            return this;
        }

        public Builder<E> timer(TimerChange change) {
            timers.add(change);
            return this;
        }

        public Builder<E> effect(Effect effect) {
            effects.add(effect);
            return this;
        }

        public Decision<E> build() {
            return new Decision<>(List.copyOf(events), List.copyOf(answers), List.copyOf(timers), List.copyOf(effects));
        }
    }
}
