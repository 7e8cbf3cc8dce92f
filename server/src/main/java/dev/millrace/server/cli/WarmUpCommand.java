package dev.millrace.server.cli;

import dev.millrace.server.Main;
import dev.millrace.server.assembly.MillraceServer;
import dev.millrace.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code millrace warm-up}: a server that starts on ports of its own, takes and gives a few records, and stops. The launcher
 * runs it once to write down which classes a start loads.
 */
@Command(name = "warm-up", hidden = true)
final class WarmUpCommand implements Callable<Integer> {

    private static final int RECORDS = 100;

    @Parameters(paramLabel = "FOLDER")
    private Path data = Path.of("data");

    @Option(names = "--roles", paramLabel = "ROLES")
    private @Nullable String roles;

    @Option(names = "--client", paramLabel = "SERVERS")
    private @Nullable String servers;

    @Override
    public Integer call() throws ExecutionException, InterruptedException, IOException {
        if (servers != null) {
            roundTrip(servers);
            return 0;
        }
        try (MillraceServer server = MillraceServer.start(ServerConfig.load(null, settings()))) {
            return clients(server.bootstrapServers());
        }
    }

    private List<String> settings() {
        List<String> settings = new ArrayList<>(List.of(
                "listeners=PLAINTEXT://127.0.0.1:0",
                ServerConfig.HTTP_LISTENERS + "=http://127.0.0.1:0",
                "log.dirs=" + data));
        if (roles != null) {
            settings.add("process.roles=" + roles);
        }
        return settings;
    }

    /** In a process of their own: whatever stands in the archive is memory of every server, and a server has no clients. */
    private int clients(String bootstrapServers) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        List<String> command = List.of(
                java, "-cp", classPath, Main.class.getName(), "warm-up", "--client", bootstrapServers, data.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static void roundTrip(String bootstrapServers) throws ExecutionException, InterruptedException {
        Map<String, Object> clients = Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest");
        try (var producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrapServers), new StringSerializer(), new StringSerializer());
                var consumer = new KafkaConsumer<>(clients, new StringDeserializer(), new StringDeserializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>("warm-up", "key", "value")).get();
            }
            consumer.assign(List.of(new org.apache.kafka.common.TopicPartition("warm-up", 0)));
            for (int seen = 0; seen < RECORDS; ) {
                seen += consumer.poll(Duration.ofSeconds(5)).count();
            }
        }
    }
}
