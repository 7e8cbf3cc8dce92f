package dev.millrace.broker;

import dev.millrace.broker.api.telemetry.TelemetryReceivers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.JmxReporter;
import org.apache.kafka.common.metrics.KafkaMetricsContext;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.telemetry.ClientTelemetry;
import org.apache.kafka.server.telemetry.ClientTelemetryContext;
import org.apache.kafka.server.telemetry.ClientTelemetryExporter;
import org.apache.kafka.server.telemetry.ClientTelemetryExporterProvider;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;
import org.apache.kafka.server.telemetry.ClientTelemetryReceiver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The classes in metric.reporters, from their configuration to their end, and the clients' metrics that they want (KIP-714,
 * KIP-1217). Metrics of the broker itself there are none to give them. Started and closed by one thread, called on its
 * executor.
 */
@SuppressWarnings("removal") // ClientTelemetry is what reporters for Kafka before 4.2 implement
final class MetricsReporters implements TelemetryReceivers, AutoCloseable {

    static final String SETTING = "metric.reporters";

    private static final Logger LOG = LoggerFactory.getLogger(MetricsReporters.class);

    /** Kafka's default. It shows a broker's own metrics, and would have nothing to show. */
    private static final String OWN_METRICS_ALONE = JmxReporter.class.getName();

    static final String CONTEXT_PREFIX = "metrics.context.";

    private static final int CLOSE_SECONDS_MAX = 3;

    private final BrokerConfig config;
    private final List<MetricsReporter> reporters = new ArrayList<>();
    private final List<ClientTelemetryReceiver> receivers = new ArrayList<>();
    private final List<ClientTelemetryExporter> exporters = new ArrayList<>();
    private @Nullable Executor executor;

    /** A plugin that takes its time keeps nobody waiting but other plugins; null without any. */
    private @Nullable ExecutorService ownThread;

    /**
     * Makes one of each class, and has it take what settings it wants.
     *
     * @throws ConfigException in one line, for the user: a class that is not there, or no reporter, or does not like its settings
     */
    MetricsReporters(BrokerConfig config) {
        this.config = config;
        try {
            for (String name : loadable(config.metricsReporters())) {
                MetricsReporter reporter = instantiate(name);
                reporters.add(reporter);
                configure(reporter);
            }
        } catch (ConfigException e) {
            close();
            throw e;
        }
    }

    /** Of the classes in metric.reporters those that are plugins. */
    static List<String> loadable(List<String> names) {
        return names.stream().filter(name -> !name.equals(OWN_METRICS_ALONE)).toList();
    }

    private static MetricsReporter instantiate(String name) {
        try {
            return Utils.loadClass(name, MetricsReporter.class)
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            throw refused(name, "there is no such class on the class path, to which MILLRACE_CLASSPATH adds", e);
        } catch (ClassCastException e) {
            throw refused(name, "expected a class that implements " + MetricsReporter.class.getName(), e);
        } catch (NoSuchMethodException | IllegalAccessException | InstantiationException e) {
            throw refused(name, "expected a public class with a public constructor without parameters", e);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw refused(name, "can't be made: " + (e.getCause() == null ? e : e.getCause()), e);
        }
    }

    private void configure(MetricsReporter reporter) {
        Map<String, Object> given = new HashMap<>(config.all());
        try {
            reporter.configure(given);
        } catch (RuntimeException | LinkageError e) {
            throw refused(reporter.getClass().getName(), "can't be configured: " + e.getMessage(), e);
        }
    }

    private static ConfigException refused(String name, String reason, Throwable cause) {
        ConfigException refused = new ConfigException(SETTING + "=" + name + ": " + reason);
        refused.initCause(cause);
        return refused;
    }

    /**
     * Begins, in the order in which Kafka calls them.
     *
     * @param background for what there is to do when there are none
     */
    void start(String clusterId, Executor background) {
        executor = background;
        if (reporters.isEmpty()) {
            return;
        }
        ownThread = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "millrace-reporters");
            thread.setDaemon(true);
            return thread;
        });
        executor = ownThread;
        Map<String, Object> labels = new HashMap<>();
        labels.put("kafka.cluster.id", clusterId);
        labels.put("kafka.node.id", Integer.toString(config.nodeId()));
        config.given().forEach((name, value) -> {
            if (name.startsWith(CONTEXT_PREFIX)) {
                labels.put(name.substring(CONTEXT_PREFIX.length()), value);
            }
        });
        KafkaMetricsContext context = new KafkaMetricsContext("kafka.server", labels);
        for (MetricsReporter reporter : reporters) {
            try {
                reporter.contextChange(context);
                reporter.init(List.of());
                collect(reporter);
                if (reporter instanceof ClusterResourceListener listener) {
                    listener.onUpdate(new ClusterResource(clusterId));
                }
            } catch (RuntimeException | LinkageError e) {
                throw refused(reporter.getClass().getName(), "can't be started: " + e.getMessage(), e);
            }
        }
    }

    private void collect(MetricsReporter reporter) {
        // As in Kafka, of one that implements both only the newer interface counts.
        if (reporter instanceof ClientTelemetryExporterProvider provider) {
            // None of a reporter that was told not to look at clients.
            Optional.ofNullable(provider.clientTelemetryExporter()).ifPresent(exporters::add);
        } else if (reporter instanceof ClientTelemetry telemetry) {
            Optional.ofNullable(telemetry.clientReceiver()).ifPresent(receivers::add);
        } else {
            LOG.warn(
                    "{}={}: it gets no metrics. Millrace has none of its own for it, and those of clients are for reporters"
                            + " that implement {}",
                    SETTING,
                    reporter.getClass().getName(),
                    ClientTelemetryExporterProvider.class.getName());
        }
    }

    @Override
    public boolean isEmpty() {
        return receivers.isEmpty() && exporters.isEmpty();
    }

    @Override
    public Executor executor() {
        if (executor == null) {
            throw new IllegalStateException("not started");
        }
        return executor;
    }

    @Override
    public void receive(Sender sender, ClientTelemetryPayload payload, int pushIntervalMs) {
        PushContext context = new PushContext(
                sender, config.listeners().protocolOf(sender.peer().listener()));
        RuntimeException failure = null;
        for (ClientTelemetryReceiver receiver : receivers) {
            failure = attempt(() -> receiver.exportMetrics(context, Payload.of(payload)), failure);
        }
        for (ClientTelemetryExporter exporter : exporters) {
            Interval interval = new Interval(pushIntervalMs, context);
            failure = attempt(() -> exporter.exportMetrics(interval, Payload.of(payload)), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** That one has failed is no reason for the others to get nothing. */
    private static @Nullable RuntimeException attempt(Runnable export, @Nullable RuntimeException before) {
        try {
            export.run();
            return before;
        } catch (RuntimeException e) {
            if (before == null) {
                return e;
            }
            before.addSuppressed(e);
            return before;
        }
    }

    private record Interval(int pushIntervalMs, AuthorizableRequestContext authorizableRequestContext)
            implements ClientTelemetryContext {}

    /** With a buffer of its own: whoever reads moves its position. */
    private record Payload(Uuid clientInstanceId, boolean isTerminating, String contentType, ByteBuffer data)
            implements ClientTelemetryPayload {

        static Payload of(ClientTelemetryPayload payload) {
            return new Payload(
                    payload.clientInstanceId(),
                    payload.isTerminating(),
                    payload.contentType(),
                    payload.data().duplicate());
        }
    }

    /** Idempotent. */
    @Override
    public void close() {
        if (ownThread != null) {
            endThread(ownThread);
        }
        for (MetricsReporter reporter : reporters) {
            try {
                reporter.close();
            } catch (RuntimeException | LinkageError e) {
                LOG.error(
                        "A reporter failed to close: {}={}",
                        SETTING,
                        reporter.getClass().getName(),
                        e);
            }
        }
        reporters.clear();
    }

    private static void endThread(ExecutorService thread) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
                LOG.warn("A reporter is still busy with clients' metrics, and is left alone: {}", SETTING);
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            thread.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
