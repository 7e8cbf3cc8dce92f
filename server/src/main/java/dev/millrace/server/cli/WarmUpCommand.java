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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.commons.cli.Options;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * {@code millrace warm-up}: a server that starts on ports of its own, takes and gives a few records, and stops. The launcher
 * runs it once to write down which classes a start loads.
 */
final class WarmUpCommand implements Command {

    private static final int RECORDS = 100;

    @Override
    public String name() {
        return "warm-up";
    }

    @Override
    public String arguments() {
        return "FOLDER";
    }

    @Override
    public String description() {
        return "Starts a server with its data in FOLDER, uses it a little, and stops it.";
    }

    @Override
    public Options options() {
        return new Options()
                .addOption(Command.valued("roles", "ROLES", "Those of the server."))
                .addOption(Command.valued("client", "HOST:PORT", "Be the client of such a server."));
    }

    @Override
    public int execute(Invocation invocation)
            throws UsageException, ExecutionException, InterruptedException, IOException {
        Optional<String> servers = invocation.value("client");
        if (servers.isPresent()) {
            roundTrip(servers.get());
            return 0;
        }
        String data = invocation.argument().orElseThrow(() -> new UsageException("no FOLDER given"));
        List<String> settings = new ArrayList<>(List.of(
                "listeners=PLAINTEXT://127.0.0.1:0",
                ServerConfig.HTTP_LISTENERS + "=http://127.0.0.1:0",
                "log.dirs=" + data));
        invocation.value("roles").ifPresent(roles -> settings.add(ServerConfig.PROCESS_ROLES + "=" + roles));
        try (MillraceServer server = MillraceServer.start(ServerConfig.load(null, settings))) {
            return clients(server.bootstrapServers());
        }
    }

    /** In a process of their own: whatever stands in the archive is memory of every server, and a server has no clients. */
    private int clients(String bootstrapServers) throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        List<String> command =
                List.of(java, "-cp", classPath, Main.class.getName(), "warm-up", "--client", bootstrapServers);
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
