package dev.millrace.connect.worker;

import dev.millrace.connect.plan.ConnectorPlan;
import dev.millrace.connect.plan.PlanCommand;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.plugin.Plugin;
import dev.millrace.connect.plugin.PluginNotFoundException;
import dev.millrace.connect.plugin.PluginType;
import dev.millrace.connect.plugin.Plugins;
import dev.millrace.connect.worker.WorkerConfig.StorageTopic;
import dev.millrace.connect.worker.storage.OffsetStore;
import dev.millrace.connect.worker.storage.PlanStore;
import dev.millrace.connect.worker.storage.StatusStore;
import dev.millrace.connect.worker.storage.StorageLog;
import dev.millrace.connect.worker.storage.StorageTopics;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.common.metrics.internals.PluginMetricsImpl;
import org.apache.kafka.connect.connector.Connector;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a worker that has started, wired together. */
final class RunningWorker implements ConnectorMotor.Host, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RunningWorker.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final long CLUSTER_TIMEOUT_MS = 30_000;

    private final WorkerConfig config;
    private final Plugins registry;
    private final ConfiguredPlugins plugins;
    private final Secrets secrets;
    private final Admin admin;
    private final String clusterId;
    private final WorkerStorage storage;
    private final OffsetCommitter committer;
    private final Metrics metrics;
    private final Reconciler reconciler;
    private final ConfigValidator validator;
    private final OffsetRequests offsetRequests;

    /** The plan is read before there is a reconciler to tell of it. */
    private static final class PlanWatch implements Runnable {
        private volatile @Nullable Reconciler reconciler;

        @Override
        public void run() {
            Reconciler watching = reconciler;
            if (watching != null) {
                watching.wake();
            }
        }
    }

    private RunningWorker(
            WorkerConfig config,
            Plugins registry,
            Secrets secrets,
            Clients clients,
            Admin admin,
            String clusterId,
            WorkerStorage storage,
            PlanWatch watch,
            InstantSource clock) {
        this.config = config;
        this.registry = registry;
        this.plugins = new ConfiguredPlugins(config, registry);
        this.secrets = secrets;
        this.admin = admin;
        this.clusterId = clusterId;
        this.storage = storage;
        this.committer = new OffsetCommitter(config.offsetFlushIntervalMs());
        this.metrics = new Metrics();
        this.validator = new ConfigValidator(config, registry, plugins, secrets, clients);
        this.offsetRequests = new OffsetRequests(storage, admin, plugins);
        TaskParts parts = new TaskParts(config, plugins, secrets, clients, admin, storage, committer, metrics, clock);
        StatusNotes notes =
                new StatusTopicNotes(storage.log(), storage.statuses(), secrets::hide, this::connectorVersion);
        this.reconciler =
                new Reconciler(() -> storage.plan().image(), parts, this, notes, clock, config.taskShutdownTimeoutMs());
        watch.reconciler = reconciler;
    }

    static RunningWorker start(WorkerConfig config, InstantSource clock) {
        List<AutoCloseable> opened = new ArrayList<>();
        try {
            Plugins registry = open(
                    opened,
                    Plugins.discover(
                            config.pluginPath(), config.pluginDiscovery(), RunningWorker.class.getClassLoader()));
            Secrets secrets = open(opened, new Secrets(config, registry));
            ConnectorClientConfigOverridePolicy policy = registry.find(
                            PluginType.OVERRIDE_POLICY,
                            config.clientOverridePolicy(),
                            WorkerConfig.CLIENT_OVERRIDE_POLICY)
                    .newInstance(ConnectorClientConfigOverridePolicy.class);
            policy.configure(config.withPrefix(""));
            Clients clients = new Clients(config, policy);
            Admin admin = open(opened, clients.admin());
            String clusterId = clusterId(admin);
            Map<String, Integer> partitions = new StorageTopics(admin).ensure(wanted(config));
            requireOnePartition(config.configTopic().name(), partitions);

            PlanWatch watch = new PlanWatch();
            PlanStore plan = new PlanStore(config.configTopic().name(), watch);
            OffsetStore offsets =
                    new OffsetStore(config.offsetTopic().name(), Duration.ofMillis(config.offsetFlushTimeoutMs()));
            StatusStore statuses = new StatusStore(config.statusTopic().name(), config.workerId());
            StorageLog log = open(
                    opened,
                    new StorageLog(
                            clients.storageConsumer(),
                            clients.storageProducer(),
                            Map.of(
                                    config.configTopic().name(), plan,
                                    config.offsetTopic().name(), offsets,
                                    config.statusTopic().name(), statuses)));
            log.start(partitions);
            RunningWorker worker = new RunningWorker(
                    config,
                    registry,
                    secrets,
                    clients,
                    admin,
                    clusterId,
                    new WorkerStorage(log, plan, offsets, statuses),
                    watch,
                    clock);
            worker.reconciler.start();
            return worker;
        } catch (RuntimeException e) {
            HoldingMachine.closeAll(opened);
            throw e;
        }
    }

    private static <T extends AutoCloseable> T open(List<AutoCloseable> opened, T resource) {
        opened.add(resource);
        return resource;
    }

    private static List<StorageTopics.Wanted> wanted(WorkerConfig config) {
        List<StorageTopics.Wanted> wanted = new ArrayList<>();
        for (StorageTopic topic : List.of(config.configTopic(), config.offsetTopic(), config.statusTopic())) {
            wanted.add(new StorageTopics.Wanted(
                    topic.name(), topic.partitions(), topic.replicationFactor(), topic.settings()));
        }
        return wanted;
    }

    private static void requireOnePartition(String topic, Map<String, Integer> partitions) {
        Integer count = partitions.get(topic);
        if (count != null && count != 1) {
            throw new ConnectException("Topic " + topic + " has " + count
                    + " partitions; the config topic must have 1, for its records count in their order");
        }
    }

    private static @Nullable String reason(Exception failure) {
        return failure instanceof TimeoutException
                ? "no answer for " + TimeUnit.MILLISECONDS.toSeconds(CLUSTER_TIMEOUT_MS) + " s"
                : failure.getMessage();
    }

    private static String clusterId(Admin admin) {
        try {
            return admin.describeCluster().clusterId().get(CLUSTER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConnectException("The cluster cannot be reached through bootstrap.servers: " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while the cluster was looked up", e);
        }
    }

    String clusterId() {
        return clusterId;
    }

    WorkerStorage storage() {
        return storage;
    }

    Plugins pluginRegistry() {
        return registry;
    }

    ConfiguredPlugins plugins() {
        return plugins;
    }

    Secrets secrets() {
        return secrets;
    }

    Reconciler reconciler() {
        return reconciler;
    }

    ConfigValidator validator() {
        return validator;
    }

    OffsetRequests offsetRequests() {
        return offsetRequests;
    }

    private @Nullable String connectorVersion(Map<String, String> connectorConfig) {
        try {
            return plugins.connector(connectorConfig).version();
        } catch (PluginNotFoundException e) {
            return null;
        }
    }

    @Override
    public Plugin plugin(Map<String, String> connectorConfig) {
        return plugins.connector(connectorConfig);
    }

    @Override
    public Map<String, String> resolve(Map<String, String> connectorConfig) {
        return secrets.resolve(connectorConfig);
    }

    @Override
    public OffsetStorageReader offsets(String connector) {
        return storage.offsets().reader(storage.log(), connector);
    }

    @Override
    public PluginMetrics metrics(String connector) {
        return new PluginMetricsImpl(metrics, Map.of("connector", connector));
    }

    @Override
    public void setTasks(
            ConnectorPlan plan, Map<String, String> resolved, Connector connector, List<Map<String, String>> tasks) {
        List<Map<String, String>> complete = tasks.stream()
                .map(task -> complete(task, plan, resolved, connector))
                .toList();
        boolean fencing = config.exactlyOnceSource() == WorkerConfig.ExactlyOnceSource.ENABLED
                && !(connector instanceof SinkConnector);
        if (fencing) {
            fenceSurplus(plan, complete.size());
        }
        storage.plan()
                .execute(storage.log(), new PlanCommand.SetTaskConfigs(plan.name(), plan.configRevision(), complete));
        if (fencing && !Integer.valueOf(complete.size()).equals(plan.fencedTasks())) {
            storage.plan().execute(storage.log(), new PlanCommand.NoteFencing(plan.name(), complete.size()));
        }
    }

    /** As Kafka Connect's workers write it, so that they can run it. */
    private Map<String, String> complete(
            Map<String, String> task, ConnectorPlan plan, Map<String, String> resolved, Connector connector) {
        Map<String, String> complete = new LinkedHashMap<>(task);
        complete.put(ConfiguredPlugins.TASK_CLASS, connector.taskClass().getName());
        if (connector instanceof SinkConnector) {
            for (String setting : List.of(ConnectorDefinition.TOPICS, ConnectorDefinition.TOPICS_REGEX)) {
                String value = resolved.get(setting);
                if (value != null && !value.isBlank()) {
                    complete.put(setting, value);
                }
            }
        }
        return secrets.restore(complete, plan.config(), resolved);
    }

    /** Producers of tasks that there will be no more: nobody would fence them by taking their place (KIP-618). */
    private void fenceSurplus(ConnectorPlan plan, int count) {
        ConnectorPlan present = storage.plan().image().connector(plan.name());
        Integer noted = present == null ? null : present.fencedTasks();
        int before = Math.max(
                noted == null ? 0 : noted,
                present == null ? 0 : present.taskConfigs().size());
        if (before <= count) {
            return;
        }
        List<String> surplus = IntStream.range(count, before)
                .mapToObj(task -> Clients.transactionalId(config.groupId(), new TaskId(plan.name(), task)))
                .toList();
        try {
            admin.fenceProducers(surplus).all().get(CLUSTER_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new ConnectException("Could not fence former tasks of " + plan.name() + ": " + reason(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while former tasks of " + plan.name() + " were fenced", e);
        }
    }

    @Override
    public void close() {
        reconciler.close();
        committer.close();
        storage.log().close();
        admin.close(CLOSE);
        metrics.close();
        secrets.close();
        try {
            registry.close();
        } catch (IOException e) {
            LOG.warn("Plugin archives do not close: {}", e.getMessage());
        }
    }
}
