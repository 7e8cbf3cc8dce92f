package dev.millrace.streams.conformance;

import dev.millrace.streams.StreamsApplication;
import java.time.Duration;
import java.util.Map;

/** The word counts as a process of its own, to be killed. Arguments: bootstrap, application id, in, out, state folder. */
public final class WordCountsProcess {

    private WordCountsProcess() {}

    public static void main(String[] args) {
        var application = new StreamsApplication(
                WordCounts.topology(args[2], args[3], (key, word) -> {}),
                Map.of(
                        "bootstrap.servers",
                        args[0],
                        "application.id",
                        args[1],
                        "state.dir",
                        args[4],
                        "processing.guarantee",
                        "exactly_once_v2",
                        "num.stream.threads",
                        2,
                        "consumer.session.timeout.ms",
                        6_000,
                        "consumer.heartbeat.interval.ms",
                        1_000));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> application.close(Duration.ofSeconds(20))));
        application.start();
    }
}
