package dev.millrace.broker.chaos;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A broker in a process of its own that can be killed with -9, and started again over its data at the same port. */
final class KillableBroker implements AutoCloseable {

    private static final int START_SECONDS_MAX = 60;
    private static final int STOP_SECONDS_MAX = 60;

    /**
     * Below the ports that the kernel hands out to clients: one of them might get this port while the broker is away, and
     * even be connected to itself.
     */
    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 30_000;

    private final Path output;
    private final int port;
    private final List<String> command = new ArrayList<>();
    private final BlockingQueue<String> measured = new LinkedBlockingQueue<>();
    private Process process;
    private Thread reading;
    private CompletableFuture<Void> ready = new CompletableFuture<>();

    /**
     * @param folder for log.dirs and what the process prints
     * @param settings of the broker, but for its address and its directories
     */
    KillableBroker(Path folder, Map<String, String> settings) {
        this(folder, settings, List.of("-Xmx256m"));
    }

    /** @param options of the JVM: how much memory it may have, above all */
    KillableBroker(Path folder, Map<String, String> settings, List<String> options) {
        this.output = folder.resolve("broker.out");
        this.port = freePort();
        Map<String, String> all = new HashMap<>(settings);
        all.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
        all.putIfAbsent("log.dirs", folder.resolve("data").toString());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName()));
        all.forEach((key, value) -> command.add(key + '=' + value));
        start();
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the process has, after a garbage collection. */
    Footprint measure() throws Exception {
        process.getOutputStream().write((BrokerProcess.MEASURE + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
        String line = measured.poll(START_SECONDS_MAX, TimeUnit.SECONDS);
        if (line == null || line.equals(BrokerProcess.ENDED)) {
            throw new IllegalStateException("The broker does not answer, see " + output);
        }
        return Footprint.of(process.pid(), line);
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    Path output() {
        return output;
    }

    void start() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        ready = started;
        try {
            Process fresh =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process = fresh;
            reading = new Thread(() -> copyOutput(fresh, started));
            reading.setDaemon(true);
            reading.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void copyOutput(Process of, CompletableFuture<Void> started) {
        try (BufferedReader lines = of.inputReader(StandardCharsets.UTF_8);
                BufferedWriter to =
                        Files.newBufferedWriter(output, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                to.write(line);
                to.newLine();
                to.flush();
                if (line.startsWith(BrokerProcess.READY)) {
                    started.complete(null);
                } else if (line.startsWith(BrokerProcess.MEASURED)) {
                    measured.add(line);
                }
            }
            measured.add(BrokerProcess.ENDED);
            started.completeExceptionally(new IllegalStateException("The broker ended, see " + output));
        } catch (IOException e) {
            started.completeExceptionally(e);
        }
    }

    /** Returns once the process serves. */
    void awaitReady() throws Exception {
        ready.get(START_SECONDS_MAX, TimeUnit.SECONDS);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Has it stand still, as a machine does that swaps. */
    void pause(long ms) throws Exception {
        signal("-STOP");
        process.waitFor(ms, TimeUnit.MILLISECONDS);
        signal("-CONT");
    }

    private void signal(String name) throws Exception {
        new ProcessBuilder("kill", name, Long.toString(process.pid())).start().waitFor();
    }

    /** Has it stop in order. */
    void terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The broker does not stop, see " + output);
        }
    }

    /** Returns once the process has ended by itself, and all that it has said is in the output; its status. */
    int awaitEnd(long secondsMax) throws InterruptedException {
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The broker goes on, see " + output);
        }
        reading.join();
        return process.exitValue();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    private static int freePort() {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            try (ServerSocket socket = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one, then.
            }
        }
    }
}
