package dev.millrace.connect.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connect.plan.TaskId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.junit.jupiter.api.Test;

class The_error_policy {

    private final VirtualClock clock = new VirtualClock();
    private final TaskCounters counters = new TaskCounters();
    private final List<FailedRecord> reported = new ArrayList<>();
    private final Queue<RuntimeException> failures = new ArrayDeque<>();
    private final Function<String, String> step = input -> {
        RuntimeException failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        return input.toUpperCase(Locale.ROOT);
    };
    private CompletableFuture<Void> report = CompletableFuture.completedFuture(null);

    private ErrorHandler handler(Map<String, String> config) {
        return new ErrorHandler(
                new TaskId("c", 0),
                ErrorPolicy.of(config),
                List.of(failed -> {
                    reported.add(failed);
                    return report;
                }),
                clock,
                counters);
    }

    private String run(ErrorHandler handler) throws RecordGivenUp {
        return handler.run(Stage.TRANSFORMATION, String.class, step, "x");
    }

    @Test
    void lets_what_works_through() throws RecordGivenUp {
        assertThat(run(handler(Map.of()))).isEqualTo("X");
    }

    @Test
    void tolerates_nothing_by_default() {
        failures.add(new IllegalStateException("odd"));

        assertThatThrownBy(() -> run(handler(Map.of())))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("Tolerance exceeded")
                .hasMessageContaining("odd");
        assertThat(reported).isEmpty();
    }

    @Test
    void retries_nothing_by_default() {
        failures.add(new RetriableException("busy"));

        assertThatThrownBy(() -> run(handler(Map.of()))).isInstanceOf(ConnectException.class);
        assertThat(clock.pauses).isEmpty();
    }

    @Test
    void retries_with_growing_delays_while_there_is_time() throws RecordGivenUp {
        for (int i = 0; i < 4; i++) {
            failures.add(new RetriableException("busy"));
        }

        assertThat(run(handler(Map.of("errors.retry.timeout", "60000", "errors.retry.delay.max.ms", "1000"))))
                .isEqualTo("X");
        assertThat(clock.pauses).containsExactly(300L, 600L, 1_000L, 1_000L);
        assertThat(counters.retried()).isEqualTo(4);
    }

    @Test
    void ends_retrying_when_the_time_is_over() {
        for (int i = 0; i < 100; i++) {
            failures.add(new RetriableException("busy"));
        }

        assertThatThrownBy(() -> run(handler(Map.of("errors.retry.timeout", "1000"))))
                .isInstanceOf(ConnectException.class);
        assertThat(clock.pauses).containsExactly(300L, 600L);
    }

    @Test
    void retries_without_end_when_told_so() throws RecordGivenUp {
        for (int i = 0; i < 50; i++) {
            failures.add(new RetriableException("busy"));
        }

        assertThat(run(handler(Map.of("errors.retry.timeout", "-1")))).isEqualTo("X");
    }

    @Test
    void ends_retrying_when_the_task_is_to_stop() {
        failures.add(new RetriableException("busy"));
        failures.add(new RetriableException("busy"));
        clock.stopping = true;

        assertThatThrownBy(() -> run(handler(Map.of("errors.retry.timeout", "-1"))))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void does_not_retry_what_cannot_pass() {
        failures.add(new IllegalStateException("odd"));

        assertThatThrownBy(() -> run(handler(Map.of("errors.retry.timeout", "-1"))))
                .isInstanceOf(ConnectException.class);
        assertThat(clock.pauses).isEmpty();
    }

    @Test
    void reports_and_counts_what_it_tolerates() {
        failures.add(new IllegalStateException("odd"));

        assertThatThrownBy(() -> run(handler(Map.of("errors.tolerance", "all"))))
                .isInstanceOf(RecordGivenUp.class);
        assertThat(reported).hasSize(1);
        assertThat(counters.failed()).isEqualTo(1);
        assertThat(counters.lastError()).contains("odd");
    }

    @Test
    void does_not_lose_a_report_that_could_not_be_made() {
        failures.add(new IllegalStateException("odd"));
        report = CompletableFuture.failedFuture(new IllegalStateException("no leader"));
        ErrorHandler handler = handler(Map.of("errors.tolerance", "all"));
        assertThatThrownBy(() -> run(handler)).isInstanceOf(RecordGivenUp.class);

        assertThatThrownBy(handler::awaitReports)
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("no leader");
    }
}
