package dev.millrace.broker.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.machine.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ThreadLoopTest {

    private final List<String> fatal = new CopyOnWriteArrayList<>();
    private final ThreadLoop loop =
            new ThreadLoop("loop-under-test", new WallClock(), (owner, error) -> fatal.add(owner + ": " + error));

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void runs_tasks_in_the_order_in_which_one_thread_hands_them_in() throws Exception {
        List<Integer> ran = new ArrayList<>();
        IntStream.range(0, 10_000).forEach(i -> loop.execute(() -> ran.add(i)));
        settle();
        assertThat(ran).isSorted().hasSize(10_000);
    }

    @Test
    void runs_every_task_of_many_threads() throws Exception {
        int[] ran = {0};
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(t -> new Thread(() -> IntStream.range(0, 5_000).forEach(i -> loop.execute(() -> ran[0]++))))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        settle();
        assertThat(ran[0]).isEqualTo(20_000);
    }

    @Test
    void knows_whether_the_caller_is_on_it() throws Exception {
        CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
        loop.execute(() -> inLoop.complete(loop.inLoop()));
        assertThat(inLoop.get()).isTrue();
        assertThat(loop.inLoop()).isFalse();
    }

    @Test
    void goes_on_after_a_task_that_throws() throws Exception {
        loop.execute(() -> {
            throw new IllegalStateException("as the test wants it");
        });
        settle();
        assertThat(fatal).isEmpty();
    }

    @Nested
    class Hit_by_an_Error {

        private final Runnable hit = () -> {
            throw new OutOfMemoryError("as the test wants it");
        };

        @Test
        void does_not_keep_it_to_itself() throws Exception {
            loop.execute(hit);
            settle();
            assertThat(fatal).containsExactly("loop-under-test: java.lang.OutOfMemoryError: as the test wants it");
        }

        @Test
        void does_not_keep_it_to_itself_when_a_caller_stands_in() throws Exception {
            loop.executeHere(hit);
            settle();
            assertThat(fatal).hasSize(1);
        }

        @Test
        void does_not_keep_it_to_itself_when_it_was_due() throws Exception {
            CountDownLatch hitAtLast = new CountDownLatch(1);
            loop.schedule(loop.nowMs() + 1, hit);
            loop.schedule(loop.nowMs() + 2, hitAtLast::countDown);
            hitAtLast.await();
            assertThat(fatal).hasSize(1);
        }
    }

    @Nested
    class Idle {

        @Test
        void lets_a_caller_stand_in_for_its_thread() throws Exception {
            List<Thread> ran = new ArrayList<>();
            // The thread may still be on its way to sleep.
            while (ran.isEmpty() || ran.get(ran.size() - 1) != Thread.currentThread()) {
                settle();
                loop.executeHere(() -> {
                    assertThat(loop.inLoop()).isTrue();
                    ran.add(Thread.currentThread());
                });
                settle();
            }
            assertThat(loop.inLoop()).isFalse();
        }

        @Test
        void runs_timers_that_a_caller_has_set_meanwhile() throws Exception {
            CompletableFuture<Boolean> inLoop = new CompletableFuture<>();
            loop.executeHere(() -> loop.schedule(loop.nowMs() + 5, () -> inLoop.complete(loop.inLoop())));
            assertThat(inLoop.get()).isTrue();
        }

        @Test
        void runs_what_a_caller_hands_in_meanwhile_after_the_caller() throws Exception {
            List<String> ran = new ArrayList<>();
            loop.executeHere(() -> {
                loop.executeHere(() -> ran.add("inner"));
                ran.add("outer");
            });
            settle();
            assertThat(ran).containsExactly("outer", "inner");
        }
    }

    @Nested
    class Busy {

        @Test
        void lets_nobody_overtake_what_was_handed_in() throws Exception {
            List<String> ran = new ArrayList<>();
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch end = new CountDownLatch(1);
            loop.execute(() -> {
                begun.countDown();
                assertThat(await(end)).isTrue();
                ran.add("first");
            });
            begun.await();
            loop.execute(() -> ran.add("second"));
            loop.executeHere(() -> ran.add("third"));
            assertThat(ran).isEmpty();
            end.countDown();
            settle();
            assertThat(ran).containsExactly("first", "second", "third");
        }

        @Test
        void runs_one_task_at_a_time_whoever_runs_it() throws Exception {
            int[] ran = {0};
            List<Thread> threads = IntStream.range(0, 4)
                    .mapToObj(t ->
                            new Thread(() -> IntStream.range(0, 5_000).forEach(i -> loop.executeHere(() -> ran[0]++))))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            settle();
            assertThat(ran[0]).isEqualTo(20_000);
        }

        private static boolean await(CountDownLatch latch) {
            try {
                return latch.await(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Nested
    class Timers {

        @Test
        void run_once_their_deadline_has_come_in_the_order_of_their_deadlines() throws Exception {
            List<String> ran = new ArrayList<>();
            CountDownLatch done = new CountDownLatch(3);
            long nowMs = loop.nowMs();
            for (int delay : new int[] {30, 10, 20}) {
                loop.schedule(nowMs + delay, () -> {
                    assertThat(loop.nowMs()).isGreaterThanOrEqualTo(nowMs + delay);
                    ran.add("after " + delay);
                    done.countDown();
                });
            }
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ran).containsExactly("after 10", "after 20", "after 30");
        }

        @Test
        void do_not_run_once_they_are_cancelled_from_wherever() throws Exception {
            CountDownLatch done = new CountDownLatch(1);
            List<String> ran = new ArrayList<>();
            long nowMs = loop.nowMs();
            Loop.Timer outside = loop.schedule(nowMs + 20, () -> ran.add("cancelled outside"));
            Loop.Timer inside = loop.schedule(nowMs + 20, () -> ran.add("cancelled inside"));
            outside.cancel();
            loop.execute(inside::cancel);
            loop.execute(inside::cancel);
            loop.schedule(nowMs + 40, done::countDown);
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(ran).isEmpty();
        }

        @Test
        void are_not_starved_by_tasks_that_hand_in_tasks() throws Exception {
            boolean[] stop = {false};
            loop.execute(new Runnable() {
                @Override
                public void run() {
                    if (!stop[0]) {
                        loop.execute(this);
                    }
                }
            });
            CountDownLatch done = new CountDownLatch(1);
            loop.schedule(loop.nowMs() + 5, () -> {
                stop[0] = true;
                done.countDown();
            });
            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Nested
    class Closed {

        @Test
        void has_run_what_was_handed_in_and_what_that_handed_in() {
            List<String> ran = new ArrayList<>();
            loop.execute(() -> {
                ran.add("first");
                loop.execute(() -> ran.add("second"));
            });
            loop.close();
            assertThat(ran).containsExactly("first", "second");
        }

        @Test
        void refuses_more() {
            loop.close();
            assertThatThrownBy(() -> loop.execute(() -> {}))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("loop-under-test");
            assertThatThrownBy(() -> loop.executeHere(() -> {})).isInstanceOf(RejectedExecutionException.class);
        }
    }

    private void settle() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        loop.execute(() -> done.complete(null));
        done.get();
    }
}
