package dev.millrace.examples.trending;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** {@code millrace} with its arguments, as a process of its own that can be killed and started again. Not thread-safe. */
final class MillraceProcess implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Path home;
    private final Path output;
    private final List<String> arguments;
    private Process process;

    /**
     * @param home of the program: a checkout with its modules packaged
     * @param output where everything goes that the process prints, over all its lives
     */
    MillraceProcess(Path home, Path output, String... arguments) {
        this.home = home;
        this.output = output;
        this.arguments = List.of(arguments);
        start();
    }

    private void start() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Dmillrace.home=" + home,
                "-Dmillrace.plugin.path=" + home.resolve("connectors/csv/target/plugins") + ","
                        + home.resolve("connectors/jdbc/target/plugins"),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.millrace.server.Main"));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL, and at once the same command again. */
    void killAndStartAgain() {
        kill();
        start();
    }

    private void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Waits until the process has printed this {@code times} times over all its lives. */
    void awaitPrinted(String line, int times) {
        Awaitility.await(line + " in " + output)
                .atMost(START_TIMEOUT)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> printed(line) >= times || !process.isAlive());
        if (printed(line) < times) {
            throw new AssertionError("ended with " + process.exitValue() + ":\n" + output());
        }
    }

    private long printed(String line) {
        return output().lines().filter(printed -> printed.contains(line)).count();
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the process ended by itself within that time. */
    boolean endsWithin(Duration time) throws InterruptedException {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    int exitStatus() {
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
