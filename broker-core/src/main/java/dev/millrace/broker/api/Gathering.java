package dev.millrace.broker.api;

import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.errors.ApiException;

/** An answer in parts that come from several shards, on whatever threads. A part that fails is an answer too. */
public final class Gathering<P> {

    private final AtomicReferenceArray<P> parts;
    private final AtomicInteger missing;
    private final Consumer<List<P>> whole;

    /** @param whole is told all parts, in the order of their numbers, by the thread that brings the last one */
    public Gathering(int count, Consumer<List<P>> whole) {
        this.parts = new AtomicReferenceArray<>(count);
        this.missing = new AtomicInteger(count);
        this.whole = whole;
        if (count == 0) {
            whole.accept(List.of());
        }
    }

    /** @param failed what the part is when its shard could not answer */
    public Ticket<P> part(int number, Function<ApiException, P> failed) {
        return new Ticket<>() {
            @Override
            public void answer(P value) {
                arrive(number, value);
            }

            @Override
            public void fail(ApiException error) {
                arrive(number, failed.apply(error));
            }
        };
    }

    public void arrive(int number, P value) {
        parts.set(number, value);
        if (missing.decrementAndGet() == 0) {
            List<P> all = new ArrayList<>(parts.length());
            for (int i = 0; i < parts.length(); i++) {
                all.add(parts.get(i));
            }
            whole.accept(all);
        }
    }
}
