package dev.millrace.streams.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.ApplicationState;
import dev.millrace.streams.StreamsApplication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class An_application_with_exactly_once {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static TestCluster cluster;

    @BeforeAll
    static void startBroker() {
        cluster = new TestCluster();
    }

    @AfterAll
    static void stopBroker() {
        cluster.close();
    }

    @Nested
    class that_runs_alone {

        @Test
        void counts_every_record_once() {
            var job = new WordCounts(cluster);
            List<Event> events = Event.some(2_000, 1);
            cluster.produce(job.in, events);
            try (StreamsApplication application = job.instance("alone")) {
                application.start();
                job.awaitDrained(application);
                assertThat(application.metrics().tasksRunning()).isEqualTo(2 * WordCounts.PARTITIONS);
                assertThat(application.metrics().droppedLate()).isZero();
            }
            job.assertExact(events);
        }

        @Test
        void goes_on_with_its_counts_after_a_restart() {
            var job = new WordCounts(cluster);
            List<Event> events = new ArrayList<>(Event.some(1_000, 2));
            cluster.produce(job.in, events);
            try (StreamsApplication first = job.instance("restarted")) {
                first.start();
                job.awaitDrained(first);
            }
            List<Event> more = Event.some(1_000, 3);
            cluster.produce(job.in, more);
            events.addAll(more);
            try (StreamsApplication second = job.instance("restarted")) {
                second.start();
                job.awaitDrained(second);
                assertThat(second.metrics().restored()).isPositive();
                assertThat(second.metrics().restoreRemaining()).isZero();
            }
            job.assertExact(events);
        }

        @Test
        void works_with_several_threads() {
            var job = new WordCounts(cluster);
            List<Event> events = Event.some(2_000, 4);
            cluster.produce(job.in, events);
            try (StreamsApplication application =
                    job.instance("threads", Map.of("num.stream.threads", 3), (key, word) -> {})) {
                application.start();
                job.awaitDrained(application);
            }
            job.assertExact(events);
        }

        @Test
        void leaves_no_lag_behind_transaction_markers() {
            var job = new WordCounts(cluster);
            cluster.produce(job.in, Event.some(100, 5));
            try (StreamsApplication application = job.instance("markers")) {
                application.start();
                job.awaitDrained(application);
                assertThat(application.metrics().committedOffsets()).hasSize(2 * WordCounts.PARTITIONS);
            }
        }
    }

    @Nested
    class that_grows_and_shrinks {

        @Test
        void hands_tasks_over_without_losing_or_doubling_anything() {
            var job = new WordCounts(cluster);
            List<Event> events = new ArrayList<>(Event.some(1_000, 6));
            cluster.produce(job.in, events);
            try (StreamsApplication first = job.instance("first");
                    StreamsApplication second = job.instance("second");
                    StreamsApplication third = job.instance("third")) {
                first.start();
                awaitTasks(first, 2 * WordCounts.PARTITIONS);
                second.start();
                addTo(events, job, 7);
                awaitTasks(second, WordCounts.PARTITIONS);
                third.start();
                addTo(events, job, 8);
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> third.metrics().tasksRunning() >= 2
                                && tasks(first) + tasks(second) + tasks(third) == 2 * WordCounts.PARTITIONS);
                first.close();
                addTo(events, job, 9);
                second.close();
                addTo(events, job, 10);
                awaitTasks(third, 2 * WordCounts.PARTITIONS);
                job.awaitDrained(third);
            }
            job.assertExact(events);
        }

        private void addTo(List<Event> events, WordCounts job, long seed) {
            List<Event> more = Event.some(500, seed);
            cluster.produce(job.in, more);
            events.addAll(more);
        }

        private int tasks(StreamsApplication application) {
            return application.metrics().tasksRunning();
        }
    }

    @Nested
    class whose_instance_hangs_in_the_middle_of_a_transaction {

        /** The one that hangs keeps its session alive, and wakes up when others have its tasks: a zombie. */
        @Test
        void is_fenced_and_comes_back_without_harm() {
            var job = new WordCounts(cluster);
            List<Event> events = new ArrayList<>(Event.some(1_500, 11));
            cluster.produce(job.in, events);
            var hangs = new AtomicBoolean();
            var release = new CountDownLatch(1);
            var seen = new AtomicBoolean();
            Map<String, Object> impatient = Map.of(
                    "consumer.max.poll.interval.ms", 3_000,
                    "consumer.session.timeout.ms", 6_000,
                    "consumer.heartbeat.interval.ms", 500,
                    "producer.transaction.timeout.ms", 4_000);
            StreamsApplication zombie = job.instance("zombie", impatient, (key, word) -> {
                if (seen.getAndSet(true) && hangs.compareAndSet(false, true)) {
                    await(release);
                }
            });
            try (zombie;
                    StreamsApplication other = job.instance("other", impatient, (key, word) -> {})) {
                zombie.start();
                Awaitility.await().atMost(PATIENCE).untilTrue(hangs);
                other.start();
                awaitTasks(other, 2 * WordCounts.PARTITIONS);
                job.awaitDrained(other);
                job.assertExact(events);

                release.countDown();
                List<Event> more = Event.some(500, 12);
                cluster.produce(job.in, more);
                events.addAll(more);
                Awaitility.await()
                        .atMost(PATIENCE)
                        .until(() -> zombie.state() == ApplicationState.RUNNING
                                && zombie.metrics().tasksRunning() >= 1
                                && other.metrics().tasksRunning() < 2 * WordCounts.PARTITIONS);
                job.awaitDrained(other);
            }
            job.assertExact(events);
        }

        private void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void awaitTasks(StreamsApplication application, int count) {
        Awaitility.await("tasks of " + application)
                .atMost(PATIENCE)
                .until(() -> application.metrics().tasksRunning() == count);
    }
}
