package dev.millrace.connect.worker;

import dev.millrace.connect.plan.Desired;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.task.AtLeastOnceDelivery;
import dev.millrace.connect.task.Converters;
import dev.millrace.connect.task.DeadLetterQueue;
import dev.millrace.connect.task.ErrorHandler;
import dev.millrace.connect.task.ErrorLog;
import dev.millrace.connect.task.ErrorPolicy;
import dev.millrace.connect.task.ErrorReporter;
import dev.millrace.connect.task.ExactlyOnceDelivery;
import dev.millrace.connect.task.SinkTaskMachine;
import dev.millrace.connect.task.SinkTaskSettings;
import dev.millrace.connect.task.SourceDelivery;
import dev.millrace.connect.task.SourceTaskMachine;
import dev.millrace.connect.task.SourceTaskSettings;
import dev.millrace.connect.task.TaskMachine;
import dev.millrace.connect.task.TopicCreationRules;
import dev.millrace.connect.task.TopicEnsurer;
import dev.millrace.connect.task.TopicsInUse;
import dev.millrace.connect.task.TransactionBoundary;
import dev.millrace.connect.task.TransactionRequests;
import dev.millrace.connect.task.Transformations;
import dev.millrace.connect.worker.answer.ConnectorType;
import dev.millrace.connect.worker.storage.OffsetStore;
import dev.millrace.connect.worker.storage.StatusStore;
import dev.millrace.connect.worker.storage.StorageLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;

/**
 * Puts tasks together from their configs: plugins, clients, error policy, delivery. Runs on each task's own thread, with the
 * connector plugin's class loader as the thread's.
 */
final class TaskParts implements TaskMotor.Parts {

    private static final int TRANSACTION_TIMEOUT_MS_MIN = 60_000;

    private final WorkerConfig config;
    private final ConfiguredPlugins plugins;
    private final Secrets secrets;
    private final Clients clients;
    private final Admin admin;
    private final StorageLog log;
    private final OffsetStore offsets;
    private final StatusStore statuses;
    private final OffsetCommitter committer;
    private final Metrics metrics;
    private final InstantSource clock;

    TaskParts(
            WorkerConfig config,
            ConfiguredPlugins plugins,
            Secrets secrets,
            Clients clients,
            Admin admin,
            WorkerStorage storage,
            OffsetCommitter committer,
            Metrics metrics,
            InstantSource clock) {
        this.config = config;
        this.plugins = plugins;
        this.secrets = secrets;
        this.clients = clients;
        this.admin = admin;
        this.log = storage.log();
        this.offsets = storage.offsets();
        this.statuses = storage.statuses();
        this.committer = committer;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public TaskMachine assemble(Desired.Task task, TaskMotor motor) {
        List<AutoCloseable> held = new ArrayList<>();
        try {
            return new HoldingMachine(assemble(task, motor, held), held);
        } catch (RuntimeException e) {
            HoldingMachine.closeAll(held);
            throw e;
        }
    }

    private TaskMachine assemble(Desired.Task task, TaskMotor motor, List<AutoCloseable> held) {
        Map<String, String> connectorConfig = secrets.resolve(task.plan().config());
        Map<String, String> taskConfig = secrets.resolve(task.config());
        Plugin plugin = plugins.connector(connectorConfig);
        Thread.currentThread().setContextClassLoader(plugin.loader());
        Task instance = plugins.newTask(taskConfig, plugin);
        ConnectorType type = plugin.type() == PluginType.SOURCE ? ConnectorType.SOURCE : ConnectorType.SINK;
        Clients.Owner owner = new Clients.Owner(task.id(), type, plugins.connectorClass(plugin), connectorConfig);
        if (instance instanceof SourceTask source) {
            return source(source, taskConfig, owner, motor, held);
        }
        if (instance instanceof SinkTask sink) {
            return sink(sink, taskConfig, owner, motor, held);
        }
        throw new ConnectException(instance.getClass().getName() + " is neither a source nor a sink task");
    }

    private static <T extends AutoCloseable> T held(List<AutoCloseable> held, T resource) {
        held.add(resource);
        return resource;
    }

    private TaskMachine source(
            SourceTask task,
            Map<String, String> taskConfig,
            Clients.Owner owner,
            TaskMotor motor,
            List<AutoCloseable> held) {
        Map<String, String> connectorConfig = owner.config();
        ErrorPolicy policy = ErrorPolicy.of(connectorConfig);
        List<ErrorReporter> reporters = new ArrayList<>();
        if (policy.logErrors()) {
            reporters.add(new ErrorLog(policy.logMessages()));
        }
        ErrorHandler errors = new ErrorHandler(owner.task(), policy, reporters, motor, motor.counters());
        SourceTaskSettings settings = SourceTaskSettings.of(owner.task(), task, errors, policy, motor.counters());
        Transformations<SourceRecord> transformations = plugins.transformations(connectorConfig);
        Converters converters = plugins.converters(connectorConfig);
        boolean exactlyOnce = config.exactlyOnceSource() == WorkerConfig.ExactlyOnceSource.ENABLED;
        TransactionRequests requests = new TransactionRequests();
        SourceDelivery delivery =
                exactlyOnce ? exactlyOnce(settings, owner, requests, held) : atLeastOnce(settings, owner, held);
        boolean asked = exactlyOnce && boundary(connectorConfig) instanceof TransactionBoundary.Connector;
        SourceContext context = new SourceContext(
                taskConfig,
                offsets.reader(log, owner.task().connector()),
                asked ? requests : null,
                pluginMetrics(owner.task(), held));
        SourceTaskMachine machine = new SourceTaskMachine(
                settings,
                transformations,
                converters,
                delivery,
                topicEnsurer(owner, motor, held),
                topicsInUse(owner.task()));
        try {
            delivery.prepare();
            task.initialize(context);
            task.start(taskConfig);
        } catch (RuntimeException e) {
            closeAfter(machine, e);
            throw e;
        }
        return machine;
    }

    private static void closeAfter(TaskMachine machine, RuntimeException failure) {
        try {
            machine.close(true);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private SourceDelivery atLeastOnce(SourceTaskSettings settings, Clients.Owner owner, List<AutoCloseable> held) {
        return new AtLeastOnceDelivery(
                settings,
                held(held, clients.sourceProducer(owner)),
                offsets.writer(log, owner.task().connector()),
                committer,
                Duration.ofMillis(config.taskShutdownTimeoutMs()));
    }

    private SourceDelivery exactlyOnce(
            SourceTaskSettings settings, Clients.Owner owner, TransactionRequests requests, List<AutoCloseable> held) {
        String connector = owner.task().connector();
        TransactionBoundary boundary = boundary(owner.config());
        long longestMs = boundary instanceof TransactionBoundary.Interval interval ? interval.intervalMs() : 0;
        int timeoutMs = (int) Math.min(Integer.MAX_VALUE, TRANSACTION_TIMEOUT_MS_MIN + longestMs);
        return new ExactlyOnceDelivery(
                settings,
                held(held, clients.transactionalProducer(owner, timeoutMs)),
                new ExactlyOnceDelivery.OffsetTopic() {
                    @Override
                    public String name() {
                        return offsets.topic();
                    }

                    @Override
                    public ProducerRecord<byte[], byte[]> record(
                            @Nullable Map<String, ?> partition, @Nullable Map<String, ?> offset) {
                        return new ProducerRecord<>(
                                offsets.topic(), offsets.key(connector, partition), offsets.value(connector, offset));
                    }
                },
                boundary,
                requests,
                Duration.ofMillis(config.taskShutdownTimeoutMs()));
    }

    private TransactionBoundary boundary(Map<String, String> connectorConfig) {
        String boundary = connectorConfig.getOrDefault(ConnectorDefinition.BOUNDARY, "poll");
        String interval = connectorConfig.get(ConnectorDefinition.BOUNDARY_INTERVAL_MS);
        return switch (boundary.trim().toLowerCase(Locale.ROOT)) {
            case "interval" ->
                new TransactionBoundary.Interval(
                        interval == null ? config.offsetFlushIntervalMs() : Long.parseLong(interval.trim()));
            case "connector" -> new TransactionBoundary.Connector();
            default -> new TransactionBoundary.Poll();
        };
    }

    private TopicEnsurer topicEnsurer(Clients.Owner owner, TaskMotor motor, List<AutoCloseable> held) {
        if (!config.topicCreation() || !TopicCreationRules.isUsedBy(owner.config())) {
            return topic -> {}; // The broker makes it, or refuses.
        }
        return new TopicMaker(adminFor(owner, held), TopicCreationRules.of(owner.config())::topic, motor);
    }

    private Admin adminFor(Clients.Owner owner, List<AutoCloseable> held) {
        return Clients.overridesAdmin(owner.config()) ? held(held, clients.admin(owner)) : admin;
    }

    private TaskMachine sink(
            SinkTask task,
            Map<String, String> taskConfig,
            Clients.Owner owner,
            TaskMotor motor,
            List<AutoCloseable> held) {
        Map<String, String> connectorConfig = owner.config();
        ErrorPolicy policy = ErrorPolicy.of(connectorConfig);
        List<ErrorReporter> reporters = new ArrayList<>();
        if (policy.logErrors()) {
            reporters.add(new ErrorLog(policy.logMessages()));
        }
        String deadLetters =
                connectorConfig.getOrDefault(ConnectorDefinition.DLQ_TOPIC, "").trim();
        if (!deadLetters.isEmpty()) {
            reporters.add(deadLetterQueue(deadLetters, owner, motor, held));
        }
        ErrorHandler errors = new ErrorHandler(owner.task(), policy, reporters, motor, motor.counters());
        SinkTaskSettings settings = new SinkTaskSettings(
                owner.task(),
                task,
                taskConfig,
                errors,
                motor.counters(),
                !reporters.isEmpty(),
                config.offsetFlushIntervalMs());
        SinkTaskMachine machine = new SinkTaskMachine(
                settings,
                held(held, clients.sinkConsumer(owner)),
                plugins.transformations(connectorConfig),
                plugins.converters(connectorConfig),
                topicsInUse(owner.task()),
                motor,
                pluginMetrics(owner.task(), held));
        try {
            String regex = connectorConfig.getOrDefault(ConnectorDefinition.TOPICS_REGEX, "");
            if (regex.isBlank()) {
                machine.start(motor.nowMs(), ConnectorDefinition.list(connectorConfig.get(ConnectorDefinition.TOPICS)));
            } else {
                machine.start(motor.nowMs(), Pattern.compile(regex));
            }
        } catch (RuntimeException e) {
            closeAfter(machine, e);
            throw e;
        }
        return machine;
    }

    private ErrorReporter deadLetterQueue(
            String topic, Clients.Owner owner, TaskMotor motor, List<AutoCloseable> held) {
        short copies = Short.parseShort(
                owner.config().getOrDefault(ConnectorDefinition.DLQ_COPIES, "3").trim());
        Admin client = adminFor(owner, held);
        new TopicMaker(client, name -> new NewTopic(name, 1, affordable(client, copies)), motor).ensure(topic);
        boolean withContext = Boolean.parseBoolean(owner.config()
                .getOrDefault(ConnectorDefinition.DLQ_CONTEXT, "false")
                .trim());
        return new DeadLetterQueue(held(held, clients.deadLetterProducer(owner)), topic, withContext, motor.counters());
    }

    /** Fewer copies than asked for rather than none: a single broker is a common place to start. */
    private static short affordable(Admin admin, short copies) {
        try {
            return (short)
                    Math.min(copies, admin.describeCluster().nodes().get().size());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the brokers were counted", e);
        } catch (ExecutionException e) {
            throw new ConnectException("Cannot count the brokers: " + e.getMessage(), e);
        }
    }

    private TopicsInUse topicsInUse(TaskId task) {
        if (!config.topicTracking()) {
            return topic -> {};
        }
        Set<String> noted = new HashSet<>();
        return topic -> {
            if (noted.add(topic) && !statuses.usesTopic(task.connector(), topic)) {
                statuses.putTopic(log, task, topic, clock.millis());
            }
        };
    }

    private PluginMetrics pluginMetrics(TaskId task, List<AutoCloseable> held) {
        return held(
                held,
                new PluginMetricsImpl(
                        metrics, Map.of("connector", task.connector(), "task", Integer.toString(task.task()))));
    }
}
