package dev.millrace.streams.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.nio.file.Path;

/**
 * A broker that can be killed with -9 and started again over its data: a Millrace in a process of its own, or whatever the
 * system properties {@code millrace.chaos.bootstrap}, {@code millrace.chaos.kill} and {@code millrace.chaos.start} (shell
 * commands) make of it, so that the same test runs against Apache Kafka.
 */
final class KillableBroker implements AutoCloseable {

    private final String bootstrap;
    private final Path folder;
    private final String killCommand = System.getProperty("millrace.chaos.kill", "");
    private final String startCommand = System.getProperty("millrace.chaos.start", "");
    private final int port;
    private Process process;

    KillableBroker(Path folder) {
        this.folder = folder;
        String elsewhere = System.getProperty("millrace.chaos.bootstrap", "");
        this.port = elsewhere.isEmpty() ? freePort() : 0;
        this.bootstrap = elsewhere.isEmpty() ? "127.0.0.1:" + port : elsewhere;
        if (elsewhere.isEmpty()) {
            start();
        }
    }

    String bootstrap() {
        return bootstrap;
    }

    void start() {
        if (port == 0) {
            run(startCommand);
            return;
        }
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BrokerProcess.class.getName(),
                            Integer.toString(port),
                            folder.resolve("broker").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            Redirect.appendTo(folder.resolve("broker.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        if (port == 0) {
            run(killCommand);
            return;
        }
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (port != 0) {
            kill();
        }
    }

    private static void run(String command) {
        try {
            int status = new ProcessBuilder("bash", "-c", command)
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IllegalStateException("Status " + status + ": " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
