package dev.millrace.streams.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.streams.ApplicationState;
import dev.millrace.streams.StreamsApplication;
import dev.millrace.streams.conformance.Event;
import dev.millrace.streams.conformance.TestCluster;
import dev.millrace.streams.conformance.WordCounts;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The broker dies at random moments and comes back; the application is never touched. */
@Tag("chaos")
class An_application_whose_broker_is_killed {

    private static final int KILLS = 4;

    @TempDir
    Path folder;

    @Test
    void goes_on_by_itself_without_loss_or_doubles() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var broker = new KillableBroker(folder);
                var cluster = new TestCluster(broker.bootstrap())) {
            var job = new WordCounts(cluster);
            List<Event> events = new ArrayList<>();
            var states = new CopyOnWriteArrayList<ApplicationState>();
            try (StreamsApplication application =
                    job.instance("survivor", Map.of("num.stream.threads", 2), (key, word) -> {})) {
                application.setStateListener((newState, oldState) -> states.add(newState));
                application.start();
                for (int kill = 0; kill < KILLS; kill++) {
                    List<Event> more = Event.some(1_500, random.nextLong());
                    events.addAll(more);
                    var producing = new Thread(() -> cluster.produce(job.in, more));
                    producing.start();
                    // The moment is meant to be any, while input comes or while it is processed.
                    producing.join(random.nextInt(3_000));
                    TimeUnit.MILLISECONDS.timedJoin(producing, 1 + random.nextInt(2_000));
                    broker.kill();
                    broker.start();
                    producing.join();
                }
                job.awaitDrained(application);
                assertThat(application.metrics().threadsReplaced()).isZero();
            }
            assertThat(states).doesNotContain(ApplicationState.ERROR);
            job.assertExact(events);
        }
    }
}
