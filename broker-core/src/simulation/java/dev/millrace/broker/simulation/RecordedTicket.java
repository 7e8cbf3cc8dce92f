package dev.millrace.broker.simulation;

import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** A ticket that remembers everything that it was told, and takes no second answer. */
public final class RecordedTicket<R> implements Ticket<R> {

    private final List<R> answers = new ArrayList<>();
    private final List<ApiException> failures = new ArrayList<>();
    private Consumer<R> whenAnswered = value -> {};

    /** Runs {@code check} in the moment of the answer. */
    public RecordedTicket<R> whenAnswered(Consumer<R> check) {
        whenAnswered = check;
        return this;
    }

    @Override
    public void answer(R value) {
        answers.add(value);
        requireOne();
        whenAnswered.accept(value);
    }

    @Override
    public void fail(ApiException error) {
        failures.add(error);
        requireOne();
    }

    private void requireOne() {
        if (closedTimes() > 1) {
            throw new AssertionError("closed once more: " + this);
        }
    }

    public boolean isOpen() {
        return answers.isEmpty() && failures.isEmpty();
    }

    public boolean hasFailed() {
        return !failures.isEmpty();
    }

    /** How often it was closed: once, when all is well. */
    public int closedTimes() {
        return answers.size() + failures.size();
    }

    /** The one answer. */
    public R answer() {
        if (answers.size() != 1 || !failures.isEmpty()) {
            throw new AssertionError("expected one answer: answers=" + answers + " failures=" + failures);
        }
        return answers.get(0);
    }

    /** The one failure. */
    public Errors error() {
        if (failures.size() != 1 || !answers.isEmpty()) {
            throw new AssertionError("expected one failure: answers=" + answers + " failures=" + failures);
        }
        return Errors.forException(failures.get(0));
    }

    @Override
    public String toString() {
        return isOpen() ? "open" : "answers=" + answers + " failures=" + failures;
    }
}
