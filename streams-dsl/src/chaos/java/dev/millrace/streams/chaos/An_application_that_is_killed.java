package dev.millrace.streams.chaos;

import dev.millrace.streams.StreamsApplication;
import dev.millrace.streams.conformance.Event;
import dev.millrace.streams.conformance.TestCluster;
import dev.millrace.streams.conformance.WordCounts;
import dev.millrace.streams.conformance.WordCountsProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two processes of one application, killed with -9 in turn at random moments while input keeps coming. */
@Tag("chaos")
class An_application_that_is_killed {

    private static final int KILLS = 8;

    @Test
    void loses_nothing_and_doubles_nothing() throws InterruptedException {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var cluster = new TestCluster()) {
            var job = new WordCounts(cluster);
            List<Event> events = new ArrayList<>();
            Process[] processes = {start(cluster, job, 0), start(cluster, job, 1)};
            try {
                for (int kill = 0; kill < KILLS; kill++) {
                    List<Event> more = Event.some(1_500, random.nextLong());
                    events.addAll(more);
                    cluster.produce(job.in, more);
                    // Not awaited: the moment is meant to be any.
                    processes[kill % 2].waitFor(500 + random.nextInt(3_000), TimeUnit.MILLISECONDS);
                    processes[kill % 2].destroyForcibly().waitFor();
                    processes[kill % 2] = start(cluster, job, kill % 2);
                }
                try (StreamsApplication observer = job.instance("observer")) {
                    observer.start();
                    Awaitility.await().atMost(Duration.ofMinutes(2)).until(observer::drained);
                }
            } finally {
                for (Process process : processes) {
                    process.destroyForcibly().waitFor();
                }
            }
            job.assertExact(events);
        }
    }

    private static Process start(TestCluster cluster, WordCounts job, int number) {
        Path log = cluster.folder("process-" + number + ".log");
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            WordCountsProcess.class.getName(),
                            cluster.bootstrap(),
                            job.applicationId,
                            job.in,
                            job.out,
                            cluster.folder("state").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
