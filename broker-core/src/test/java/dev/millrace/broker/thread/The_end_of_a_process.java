package dev.millrace.broker.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class The_end_of_a_process {

    private static final long NEVER_MS = TimeUnit.HOURS.toMillis(1);

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final List<Integer> statuses = new CopyOnWriteArrayList<>();

    @Test
    void comes_after_it_was_said_who_was_hit_by_what() {
        ProcessHalt halt = new ProcessHalt(
                (owner, error) -> told.add(owner + " " + error.getMessage() + " " + statuses),
                statuses::add,
                NEVER_MS,
                printed);
        halt.onError("a loop", new AssertionError("impossible"));
        assertThat(told).containsExactly("a loop impossible []");
        assertThat(statuses).containsExactly(ProcessHalt.STATUS);
    }

    @Test
    void comes_once() {
        ProcessHalt halt = new ProcessHalt((owner, error) -> told.add(owner), statuses::add, NEVER_MS, printed);
        halt.onError("first", new AssertionError());
        halt.onError("second", new AssertionError());
        assertThat(told).containsExactly("first");
        assertThat(statuses).hasSize(1);
    }

    @Test
    void comes_though_there_is_no_memory_to_say_why() {
        ProcessHalt halt = new ProcessHalt(
                (owner, error) -> {
                    throw new OutOfMemoryError("once more");
                },
                statuses::add,
                NEVER_MS,
                printed);
        halt.onError("a loop", new OutOfMemoryError("heap"));
        assertThat(statuses).containsExactly(ProcessHalt.STATUS);
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains(Thread.currentThread().getName(), "owner=a loop, error=java.lang.OutOfMemoryError: heap\n");
    }

    @Test
    void comes_though_the_log_takes_no_more() throws Exception {
        CountDownLatch logGoesOn = new CountDownLatch(1);
        CompletableFuture<Integer> status = new CompletableFuture<>();
        ProcessHalt halt = new ProcessHalt(
                (owner, error) -> {
                    try {
                        logGoesOn.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                },
                status::complete,
                1,
                printed);
        Thread hit = new Thread(() -> halt.onError("a loop", new AssertionError()));
        hit.start();
        assertThat(status.get()).isEqualTo(ProcessHalt.STATUS);
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("owner=a loop, error=java.lang.AssertionError\n");
        logGoesOn.countDown();
        hit.join();
    }

    @Test
    void is_asked_for_by_the_disk_pool_too() {
        DiskPool pool = new DiskPool(1, (owner, error) -> told.add(owner + " " + error.getMessage()));
        pool.execute(() -> {
            throw new LinkageError("a class has gone");
        });
        pool.execute(() -> {
            throw new IllegalStateException("a task's own affair");
        });
        pool.close();
        assertThat(told).containsExactly("disk pool a class has gone");
    }
}
