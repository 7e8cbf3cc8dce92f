package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsContext;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.server.telemetry.ClientTelemetry;
import org.apache.kafka.server.telemetry.ClientTelemetryExporter;
import org.apache.kafka.server.telemetry.ClientTelemetryExporterProvider;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;
import org.apache.kafka.server.telemetry.ClientTelemetryReceiver;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.MetricsData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin in metric.reporters gets of Kafka's own clients over real sockets (KIP-714). */
@Timeout(60)
class The_metrics_of_clients {

    private static final String PRODUCER = "org.apache.kafka.producer.";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** What the plugins have seen: a broker makes them, so that they can't be asked. */
    private static final List<Pushed> PUSHED = new CopyOnWriteArrayList<>();

    private static final List<String> HAPPENED = new CopyOnWriteArrayList<>();

    @TempDir
    Path directory;

    private RunningBroker broker;

    record Pushed(String plugin, String clientId, int intervalMs, Uuid client, List<String> metrics) {
        static Pushed of(String plugin, String clientId, int intervalMs, ClientTelemetryPayload payload) {
            try {
                MetricsData decoded = MetricsData.parseFrom(payload.data());
                return new Pushed(
                        plugin,
                        clientId,
                        intervalMs,
                        payload.clientInstanceId(),
                        decoded.getResourceMetricsList().stream()
                                .flatMap(resource -> resource.getScopeMetricsList().stream())
                                .flatMap(scope -> scope.getMetricsList().stream())
                                .map(Metric::getName)
                                .toList());
            } catch (Exception e) {
                throw new IllegalArgumentException(e);
            }
        }
    }

    /** A plugin that notes down what happens to it. */
    public abstract static class Plugin implements MetricsReporter, ClusterResourceListener {

        @Override
        public void configure(Map<String, ?> configs) {
            HAPPENED.add(
                    "configured with " + configs.get("the.plugins.own") + " on broker " + configs.get("broker.id"));
        }

        @Override
        public void contextChange(MetricsContext context) {
            HAPPENED.add("in " + context.contextLabels().get("_namespace") + " of "
                    + context.contextLabels().get("kafka.cluster.id") + " at "
                    + context.contextLabels().get("place"));
        }

        @Override
        public void init(List<KafkaMetric> metrics) {
            HAPPENED.add("begins");
        }

        @Override
        public void onUpdate(ClusterResource cluster) {
            HAPPENED.add("told of " + cluster.clusterId());
        }

        @Override
        public void metricChange(KafkaMetric metric) {}

        @Override
        public void metricRemoval(KafkaMetric metric) {}

        @Override
        public void close() {
            HAPPENED.add("closed");
        }
    }

    /** For Kafka from 4.2 on. */
    public static final class Exporting extends Plugin implements ClientTelemetryExporterProvider {
        @Override
        public ClientTelemetryExporter clientTelemetryExporter() {
            return (context, payload) -> PUSHED.add(Pushed.of(
                    "exporter", context.authorizableRequestContext().clientId(), context.pushIntervalMs(), payload));
        }
    }

    /** For Kafka before 4.2. */
    @SuppressWarnings("removal")
    public static final class Receiving extends Plugin implements ClientTelemetry {
        @Override
        public ClientTelemetryReceiver clientReceiver() {
            return (context, payload) -> PUSHED.add(Pushed.of("receiver", context.clientId(), 0, payload));
        }
    }

    @BeforeEach
    void start() throws Exception {
        PUSHED.clear();
        HAPPENED.clear();
        broker = RunningBroker.in(
                directory,
                Map.of(
                        "metric.reporters",
                        Exporting.class.getName() + "," + Receiving.class.getName(),
                        "metrics.context.place",
                        "here",
                        "the.plugins.own",
                        "setting"));
        broker.createTopic("metrics", 1);
        subscribe("of-producers", Map.of("interval.ms", "100", "metrics", PRODUCER, "match", "client_id=watched.*"));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private void subscribe(String name, Map<String, String> configs) throws Exception {
        broker.admin()
                .incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name),
                        configs.entrySet().stream()
                                .map(config -> new AlterConfigOp(
                                        new ConfigEntry(config.getKey(), config.getValue()), AlterConfigOp.OpType.SET))
                                .toList()))
                .all()
                .get();
    }

    private KafkaProducer<String, String> producer(String clientId) throws Exception {
        KafkaProducer<String, String> producer =
                broker.producer(Map.of("client.id", clientId, "enable.metrics.push", true, "compression.type", "lz4"));
        producer.send(new ProducerRecord<>("metrics", "value")).get();
        return producer;
    }

    private static Stream<Pushed> by(String plugin) {
        return PUSHED.stream().filter(pushed -> pushed.plugin().equals(plugin));
    }

    private static boolean wasPushed(String plugin, String prefix) {
        return by(plugin).flatMap(pushed -> pushed.metrics().stream()).anyMatch(name -> name.startsWith(prefix));
    }

    @Test
    void come_decoded_to_plugins_of_both_kinds() throws Exception {
        try (KafkaProducer<String, String> producer = producer("watched")) {
            await().atMost(PATIENCE).until(() -> wasPushed("exporter", PRODUCER) && wasPushed("receiver", PRODUCER));

            assertThat(by("exporter")).allSatisfy(pushed -> {
                assertThat(pushed.clientId()).isEqualTo("watched");
                assertThat(pushed.intervalMs()).isEqualTo(100);
                assertThat(pushed.client()).isEqualTo(producer.clientInstanceId(PATIENCE));
                assertThat(pushed.metrics()).allMatch(name -> name.startsWith(PRODUCER));
            });
        }
    }

    @Test
    void are_others_once_others_are_wanted() throws Exception {
        try (KafkaProducer<String, String> producer = producer("watched")) {
            await().atMost(PATIENCE).until(() -> wasPushed("exporter", PRODUCER));
            subscribe(
                    "by-software",
                    Map.of(
                            "metrics", "org.apache.kafka.consumer.,telemetry.",
                            "match", "client_software_name=nothing-of-the-kind"));
            subscribe("all", Map.of("metrics", "*", "match", "client_software_name=apache-kafka-java"));

            await().atMost(PATIENCE).until(() -> PUSHED.stream()
                    .flatMap(pushed -> pushed.metrics().stream())
                    .anyMatch(name -> !name.startsWith(PRODUCER)));
        }
    }

    @Test
    void come_from_nobody_who_was_not_asked() throws Exception {
        try (KafkaProducer<String, String> other = producer("other");
                KafkaProducer<String, String> producer = producer("watched")) {
            await().atMost(PATIENCE).until(() -> wasPushed("exporter", PRODUCER));

            assertThat(PUSHED.stream().map(Pushed::clientId).collect(Collectors.toSet()))
                    .containsExactly("watched");
        }
    }

    @Test
    void are_for_plugins_that_live_as_long_as_the_broker() {
        String cluster = broker.clusterId();
        broker.close();

        String configured = "configured with setting on broker 1";
        assertThat(HAPPENED)
                .containsExactly(
                        configured,
                        configured,
                        "in kafka.server of " + cluster + " at here",
                        "begins",
                        "told of " + cluster,
                        "in kafka.server of " + cluster + " at here",
                        "begins",
                        "told of " + cluster,
                        "closed",
                        "closed");
    }
}
