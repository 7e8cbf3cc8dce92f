package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.NotCoordinatorException;
import org.jspecify.annotations.Nullable;

/** Joins the answers of several shards into one. The shards may answer on different loops. */
final class GatheredAnswers<R> {

    private final AtomicReferenceArray<@Nullable R> answers;
    private final AtomicInteger missing;
    private final AtomicReference<@Nullable ApiException> failure = new AtomicReference<>();
    private final Ticket<List<R>> whole;

    /** With none to wait for, the whole is answered at once. */
    GatheredAnswers(int count, Ticket<List<R>> whole) {
        this.answers = new AtomicReferenceArray<>(count);
        this.missing = new AtomicInteger(count);
        this.whole = whole;
        if (count == 0) {
            whole.answer(List.of());
        }
    }

    Ticket<R> ticket(int index) {
        return new Ticket<>() {
            @Override
            public void answer(R value) {
                answers.set(index, value);
                arrived();
            }

            @Override
            public void fail(ApiException error) {
                if (!(error instanceof NotCoordinatorException)) {
                    failure.compareAndSet(null, error);
                }
                arrived();
            }
        };
    }

    private void arrived() {
        if (missing.decrementAndGet() > 0) {
            return;
        }
        ApiException error = failure.get();
        if (error != null) {
            whole.fail(error);
        } else {
            whole.answer(collected());
        }
    }

    private List<R> collected() {
        List<R> present = new ArrayList<>(answers.length());
        for (int i = 0; i < answers.length(); i++) {
            R answer = answers.get(i);
            if (answer != null) {
                present.add(answer);
            }
        }
        return present;
    }
}
