package dev.millrace.examples.trending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pipeline as users start it, in processes of its own, one of which is killed with SIGKILL again and again: what it
 * leaves behind is what the straight computation says. The seed of the moments is printed; {@code -Dmillrace.chaos.seed} and
 * {@code -Dmillrace.chaos.kills} set it and their number.
 */
@Tag("chaos")
class The_trending_pipeline_under_kill_9_IT {

    private static final Path EXAMPLE = Path.of("").toAbsolutePath();
    private static final Path HOME = EXAMPLE.resolve("../..").normalize();
    private static final Path SHARED_DATA = HOME.resolve("../shared/data").normalize();

    private static final int KILLS = Integer.getInteger("millrace.chaos.kills", 5);
    private static final long SEED = Long.getLong("millrace.chaos.seed", System.nanoTime());
    private static final int LIFE_MS_MAX = 4_000;
    private static final Duration END_TIMEOUT = Duration.ofMinutes(4);

    private static final String SERVER_READY = "millrace ready";
    private static final String RUN_STARTED = "data in";

    @TempDir
    Path folder;

    private final Random random = new Random(SEED);

    @ParameterizedTest
    @CsvSource({
        "sample",
        "crisislex/2013_Boston_Bombings-ontopic_offtopic.csv:crisislex",
        "fivethirtyeight/mayweather-mcgregor-tweets.csv:mayweather"
    })
    void is_exact_when_the_server_is_killed(String input) throws Exception {
        Input file = Input.of(input);
        String bootstrap = "127.0.0.1:" + freePort();
        try (var server = server(bootstrap);
                var run = run(file, "run", "--bootstrap-servers", bootstrap)) {
            run.awaitPrinted(RUN_STARTED, 1);
            kill(server, SERVER_READY, run);
            awaitEnd(run);
            assertExact(file, bootstrap);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sample",
        "crisislex/2013_Oklahoma_Tornado-ontopic_offtopic.csv:crisislex",
        "fivethirtyeight/twitter-ratio-BarackObama.csv:twitter-ratio"
    })
    void is_exact_when_the_process_with_the_streams_job_is_killed(String input) throws Exception {
        Input file = Input.of(input);
        String bootstrap = "127.0.0.1:" + freePort();
        try (var server = server(bootstrap);
                var job = run(file, "job", "--bootstrap-servers", bootstrap, "--only", "trending");
                var run = run(file, "run", "--bootstrap-servers", bootstrap, "--only", "tweets,trending-table")) {
            job.awaitPrinted(RUN_STARTED, 1);
            kill(job, RUN_STARTED, run);
            awaitEnd(run);
            assertExact(file, bootstrap);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sample",
        "crisislex/2013_Boston_Bombings-ontopic_offtopic.csv:crisislex",
        "fivethirtyeight/twitter-ratio-realDonaldTrump.csv:twitter-ratio"
    })
    void is_exact_when_the_process_with_everything_in_it_is_killed(String input) throws Exception {
        Input file = Input.of(input);
        String bootstrap = "127.0.0.1:" + freePort();
        try (var run = run(
                file,
                "run",
                "--override",
                "listeners=PLAINTEXT://" + bootstrap,
                "--override",
                "http.listeners=http://127.0.0.1:0")) {
            run.awaitPrinted(RUN_STARTED, 1);
            kill(run, RUN_STARTED, run);
            awaitEnd(run);
        }
        try (var server = server(bootstrap)) {
            server.awaitPrinted(SERVER_READY, 1);
            assertExact(file, bootstrap);
        }
    }

    private record Input(Path path, String layout) {

        static Input of(String text) {
            if (text.equals("sample")) {
                return new Input(EXAMPLE.resolve("sample/tweets.csv"), "sample");
            }
            String[] parts = text.split(":");
            Path path = SHARED_DATA.resolve(parts[0]);
            assumeTrue(Files.exists(path), () -> "not here: " + path);
            return new Input(path, parts[1]);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private MillraceProcess server(String bootstrap) {
        var server = new MillraceProcess(
                HOME,
                folder.resolve("server.out"),
                "server",
                "--override",
                "listeners=PLAINTEXT://" + bootstrap,
                "--override",
                "http.listeners=http://127.0.0.1:0",
                "--override",
                "log.dirs=" + folder.resolve("data/log"));
        server.awaitPrinted(SERVER_READY, 1);
        return server;
    }

    private MillraceProcess run(Input input, String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("run", EXAMPLE.toString()));
        arguments.addAll(List.of("--set", "input=" + input.path(), "--set", "layout=" + input.layout()));
        // The job alone needs no database, and shares no folder with the others.
        arguments.addAll(List.of(
                "--data", folder.resolve(name.equals("run") ? "data" : name).toString()));
        arguments.addAll(List.of(options));
        return new MillraceProcess(HOME, folder.resolve(name + ".out"), arguments.toArray(String[]::new));
    }

    /** Kills at random moments until the run has come to its end, or as often as was asked. */
    private void kill(MillraceProcess victim, String started, MillraceProcess run) throws InterruptedException {
        int kills = 0;
        while (kills < KILLS && !run.endsWithin(Duration.ofMillis(random.nextInt(LIFE_MS_MAX)))) {
            victim.killAndStartAgain();
            kills++;
            victim.awaitPrinted(started, kills + 1);
        }
        System.out.printf("seed %d: killed %d times%n", SEED, kills);
        assertThat(kills).as("kills before the input was through").isPositive();
    }

    private static void awaitEnd(MillraceProcess run) throws InterruptedException {
        assertThat(run.endsWithin(END_TIMEOUT)).as(run.output()).isTrue();
        assertThat(run.exitStatus()).as(run.output()).isZero();
    }

    private void assertExact(Input input, String bootstrap) throws Exception {
        PipelineOutcome.assertEquals(
                StraightComputation.of(input.path(), input.layout()), bootstrap, folder.resolve("data"));
    }
}
