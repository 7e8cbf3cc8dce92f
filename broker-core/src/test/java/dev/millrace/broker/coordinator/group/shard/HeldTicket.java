package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/** A ticket that remembers its answer, and takes no second one. */
public final class HeldTicket<R> implements Ticket<R> {

    private @Nullable R answer;

    @Override
    public void answer(R value) {
        if (answer != null) {
            throw new AssertionError("answered twice: " + answer + ", then " + value);
        }
        answer = value;
    }

    @Override
    public void fail(ApiException error) {
        throw new AssertionError("not expected to fail", error);
    }

    public boolean isOpen() {
        return answer == null;
    }

    public R value() {
        if (answer == null) {
            throw new AssertionError("not answered");
        }
        return answer;
    }
}
