package dev.millrace.broker.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A broker in a process of its own, with its data in a folder that goes when it is closed. */
final class BenchedBroker implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final String name;
    private final String bootstrapServers;
    private final Path folder;
    private final Process process;

    private BenchedBroker(String name, int port, Path folder, List<String> command) throws IOException {
        this.name = name;
        this.bootstrapServers = "127.0.0.1:" + port;
        this.folder = folder;
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile())
                .start();
    }

    /** As {@code bin/millrace} starts it. */
    static BenchedBroker millrace() throws Exception {
        int port = freePort();
        Path folder = Files.createTempDirectory("millrace-bench");
        var broker = new BenchedBroker(
                "millrace",
                port,
                folder,
                java(
                        List.of("-XX:+UseSerialGC", "-Xms8m", "-Xmx512m", "-XX:ReservedCodeCacheSize=64m"),
                        MillraceMain.class.getName(),
                        Integer.toString(port),
                        folder.resolve("data").toString()));
        broker.awaitReady();
        return broker;
    }

    /** With the JVM options, heap and settings of Apache Kafka's own scripts and files; storage is formatted first. */
    static BenchedBroker kafka() throws Exception {
        int port = freePort();
        int controllerPort = freePort();
        Path folder = Files.createTempDirectory("kafka-bench");
        Path settings = Files.write(
                folder.resolve("server.properties"),
                List.of(
                        "process.roles=broker,controller",
                        "node.id=1",
                        "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                        "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                        "controller.listener.names=CONTROLLER",
                        "log.dirs=" + folder.resolve("data"),
                        "offsets.topic.replication.factor=1",
                        "transaction.state.log.replication.factor=1",
                        "transaction.state.log.min.isr=1",
                        "group.initial.rebalance.delay.ms=0"));
        var format = new ProcessBuilder(java(
                        List.of("-Xmx256m"),
                        "kafka.tools.StorageTool",
                        "format",
                        "-t",
                        Uuid.randomUuid().toString(),
                        "-c",
                        settings.toString()))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("format").toFile())
                .start();
        if (format.waitFor() != 0) {
            throw new IOException("Kafka's storage can't be formatted: " + Files.readString(folder.resolve("format")));
        }
        List<String> options = List.of(
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
                "-Xms1g",
                "-Xmx1g");
        var broker = new BenchedBroker("kafka", port, folder, java(options, "kafka.Kafka", settings.toString()));
        broker.awaitReady();
        return broker;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<String> java(List<String> options, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        return command;
    }

    private void awaitReady() throws Exception {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        try (var admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            while (true) {
                try {
                    admin.describeCluster().nodes().get(1, TimeUnit.SECONDS);
                    return;
                } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                    if (!process.isAlive() || System.nanoTime() > deadline) {
                        String said = Files.readString(folder.resolve("out"));
                        close();
                        throw new IOException(name + " did not start: " + said, e);
                    }
                }
            }
        }
    }

    String name() {
        return name;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    /** Of the process since its start. */
    Duration cpu() {
        return process.toHandle().info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** Resident memory; 0 where the system does not say. */
    long residentMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
