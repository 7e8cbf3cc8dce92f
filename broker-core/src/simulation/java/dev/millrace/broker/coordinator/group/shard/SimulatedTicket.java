package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.machine.Ticket;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** A ticket that may fail, and is closed exactly once. */
public final class SimulatedTicket<R> implements Ticket<R> {

    private final Consumer<R> onAnswer;
    private @Nullable R value;
    private boolean open = true;

    /** @param onAnswer told at once, even if nobody comes for the answer before long */
    public SimulatedTicket(Consumer<R> onAnswer) {
        this.onAnswer = onAnswer;
    }

    @Override
    public void answer(R answer) {
        close("answered");
        value = answer;
        onAnswer.accept(answer);
    }

    @Override
    public void fail(ApiException error) {
        close("failed");
    }

    private void close(String how) {
        if (!open) {
            throw new AssertionError(how + ", but had an answer already: " + value);
        }
        open = false;
    }

    public boolean isOpen() {
        return open;
    }

    /** Null if it failed. */
    public @Nullable R value() {
        return value;
    }
}
