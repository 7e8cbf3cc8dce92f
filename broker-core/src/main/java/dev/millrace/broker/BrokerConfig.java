package dev.millrace.broker;

import dev.millrace.broker.config.KnownConfigs;
import dev.millrace.broker.config.Settings;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.transaction.TransactionConfig;
import dev.millrace.broker.log.config.CleaningLimits;
import dev.millrace.broker.metadata.BrokerConfigLayers;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.CordonedLogDirs;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.network.NetworkConfig;
import dev.millrace.broker.network.NetworkServer;
import dev.millrace.broker.partition.CleanerSettings;
import dev.millrace.broker.partition.PartitionSettings;
import dev.millrace.broker.security.ClientQuotas;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a broker, under Kafka's names and with Kafka's meanings. An Apache Kafka KRaft server.properties of one
 * node is accepted as it is; with no settings at all there is one node under ./data, for clients on this machine.
 * Immutable; any thread.
 */
public final class BrokerConfig {

    /**
     * Where Millrace's defaults are not Kafka's: they run with no file and no format step, and leave sockets' buffers to the
     * system (docs/adr/0009).
     */
    private static final Map<String, String> DEFAULTS = Map.of(
            "process.roles", "broker,controller,connect,console",
            "node.id", "1",
            "log.dirs", "./data",
            "listeners", "PLAINTEXT://127.0.0.1:9092",
            "controller.listener.names", "CONTROLLER",
            "socket.send.buffer.bytes", "-1",
            "socket.receive.buffer.bytes", "-1");

    private static final String DISK_THREADS = "num.recovery.threads.per.data.dir";
    private static final String CLEANER_PREFIX = "log.cleaner.";
    private static final long CLEANER_MAP_BYTES_MIN = 1 << 20;
    private static final int CLEANER_MAP_PART_OF_HEAP = 8;

    /** Of the memory outside the heap, of which a JVM takes as much as the heap may have. */
    private static final int REQUESTS_PART_OF_HEAP = 4;

    private static final int STRUCTURES_PART_OF_HEAP = 64;

    /** One to read into, one to write from. */
    private static final int CLEANER_BUFFERS = 2;

    private final Settings settings;
    private final int nodeId;
    private final List<Path> logDirs;
    private final Listeners listeners;
    private final NetworkConfig network;
    private final Path metadataLogDir;
    private final ControllerSettings controllerSettings;
    private final PartitionSettings partitionSettings;
    private final List<CreateTopics.NewTopic> internalTopics;
    private final GroupConfig groupConfig;
    private final TransactionConfig transactionConfig;
    private final boolean autoCreateTopics;
    private final int fetchBytesMax;
    private final int partitionLoops;
    private final int diskThreads;
    private final int quotaWindows;
    private final int quotaWindowSeconds;
    private final List<String> metricsReporters;
    private final @Nullable String rack;
    private final List<String> notices;

    private BrokerConfig(Settings settings) {
        this.settings = settings;
        this.nodeId = nodeId(settings);
        requireSingleNode(settings, nodeId);
        this.logDirs = logDirs(settings);
        this.listeners = Listeners.parse(settings);
        this.network = network(settings, listeners);
        this.metadataLogDir = metadataLogDir(settings, logDirs);
        CordonedLogDirs cordoned = cordonedLogDirs(settings, logDirs);
        this.controllerSettings = controller(settings, cordoned);
        this.partitionSettings = partitions(settings, nodeId, cordoned);
        this.internalTopics = InternalTopicSpecifications.of(settings);
        this.groupConfig = groups(settings);
        this.transactionConfig = transactions(settings);
        this.autoCreateTopics = settings.booleanOf("auto.create.topics.enable");
        this.fetchBytesMax = settings.intOf("fetch.max.bytes");
        // No more loops than there are cores to run them.
        this.partitionLoops =
                Math.min(settings.intOf("num.io.threads"), Runtime.getRuntime().availableProcessors());
        this.diskThreads = settings.intOf(DISK_THREADS) * logDirs.size();
        this.quotaWindows = settings.intOf("quota.window.num");
        this.quotaWindowSeconds = settings.intOf("quota.window.size.seconds");
        this.rack = (String) settings.optional("broker.rack");
        this.metricsReporters = settings.listOf(MetricsReporters.SETTING);
        this.notices = notices(settings);
    }

    /**
     * @param settings as in server.properties
     * @throws ConfigException in one line, for the user: a key that is not known, with the nearest one that is; a value that
     *     can't be, with what is expected; settings that contradict each other
     */
    public static BrokerConfig parse(Map<String, String> settings) {
        return new BrokerConfig(new Settings(settings, DEFAULTS));
    }

    /** What the operator should know, one line each: settings of Kafka that have no effect here. */
    public List<String> notices() {
        return notices;
    }

    public int nodeId() {
        return nodeId;
    }

    /** metric.reporters: names of classes */
    List<String> metricsReporters() {
        return metricsReporters;
    }

    /** Every setting that is set, as it is set: also those of plugins, which nobody else knows. */
    Map<String, String> given() {
        return settings.given();
    }

    /** log.dirs: never empty. */
    public List<Path> logDirs() {
        return logDirs;
    }

    /** Every setting that is set, and those that Millrace sets where Kafka has another default or none, by Kafka's name. */
    Map<String, String> all() {
        Map<String, String> all = new TreeMap<>(settings.effective());
        all.putIfAbsent("broker.id", Integer.toString(nodeId));
        return all;
    }

    Listeners listeners() {
        return listeners;
    }

    NetworkConfig network() {
        return network;
    }

    /** metadata.log.dir: the first of log.dirs where it is not set. */
    Path metadataLogDir() {
        return metadataLogDir;
    }

    /** Every directory that the broker keeps data in. */
    Set<Path> directories() {
        Set<Path> directories = new LinkedHashSet<>(logDirs);
        directories.add(metadataLogDir);
        return directories;
    }

    /** broker.rack */
    @Nullable
    String rack() {
        return rack;
    }

    /** auto.create.topics.enable */
    boolean autoCreateTopics() {
        return autoCreateTopics;
    }

    /** fetch.max.bytes */
    int fetchBytesMax() {
        return fetchBytesMax;
    }

    /** How the coordinators' topics are created. */
    List<CreateTopics.NewTopic> internalTopics() {
        return internalTopics;
    }

    GroupConfig groupConfig() {
        return groupConfig;
    }

    TransactionConfig transactionConfig() {
        return transactionConfig;
    }

    ControllerSettings controllerSettings() {
        return controllerSettings;
    }

    PartitionSettings partitionSettings() {
        return partitionSettings;
    }

    /** How many loops partitions are spread over. */
    int partitionLoops() {
        return partitionLoops;
    }

    /** How many threads wait on disks. */
    int diskThreads() {
        return diskThreads;
    }

    /** The quotas of clients, of which there are none yet. */
    ClientQuotas quotas() {
        return new ClientQuotas(quotaWindows, quotaWindowSeconds);
    }

    /** Takes over how many connections are let in, as that is set while the broker runs. */
    void limitConnections(ClusterImage image, NetworkServer server) {
        BrokerConfigLayers layers = BrokerConfigLayers.of(image, nodeId, Map.of());
        server.limitConnections(ConnectionSettings.of(settings, listeners, layers));
    }

    /** How many threads wait on disks, as that is set while the broker runs. */
    int diskThreads(ClusterImage image) {
        return dynamic(DISK_THREADS, BrokerConfigLayers.of(image, nodeId, Map.of()), diskThreads / logDirs.size())
                * logDirs.size();
    }

    /**
     * How compacted logs are cleaned, as that is set while the broker runs.
     *
     * @throws ConfigException when the settings of several layers contradict each other
     */
    CleanerSettings cleaner(ClusterImage image) {
        BrokerConfigLayers layers = BrokerConfigLayers.of(image, nodeId, Map.of());
        Map<String, String> merged = new HashMap<>(settings.effective());
        for (Map<String, String> layer : List.of(layers.dynamicDefault(), layers.dynamic())) {
            layer.forEach((name, value) -> {
                if (name.startsWith(CLEANER_PREFIX)) {
                    merged.put(name, value);
                }
            });
        }
        return cleaner(new Settings(merged, DEFAULTS));
    }

    /** How fast partitions move between log.dirs, all together: a setting that only a running broker has. */
    long moveBytesPerSecond(ClusterImage image) {
        for (BrokerConfigLayers.Layer layer :
                BrokerConfigLayers.of(image, nodeId, Map.of()).inOrder()) {
            String value = layer.configs().get(BrokerConfigLayers.MOVE_BYTES_PER_SECOND);
            if (value != null) {
                return Long.parseLong(value.strip());
            }
        }
        return Long.MAX_VALUE;
    }

    private static int dynamic(String name, BrokerConfigLayers layers, int fixed) {
        for (BrokerConfigLayers.Layer layer : layers.inOrder()) {
            String value = layer.configs().get(name);
            if (value != null) {
                return Integer.parseInt(value.strip());
            }
        }
        return fixed;
    }

    private static int nodeId(Settings settings) {
        int brokerId = settings.intOf("broker.id");
        if (brokerId < 0) {
            return settings.intOf("node.id");
        }
        if (settings.isSet("node.id") && settings.intOf("node.id") != brokerId) {
            throw new ConfigException("broker.id=" + brokerId + ": expected the same as node.id="
                    + settings.intOf("node.id") + ", or none");
        }
        return brokerId;
    }

    private static void requireSingleNode(Settings settings, int nodeId) {
        List<String> roles = settings.listOf("process.roles");
        if (!roles.contains("broker") || !roles.contains("controller")) {
            throw new ConfigException("process.roles=" + String.join(",", roles)
                    + ": expected both broker and controller; nodes with one of them alone are not supported yet");
        }
        List<String> voters = settings.listOf("controller.quorum.voters");
        List<String> servers = settings.listOf("controller.quorum.bootstrap.servers");
        if (voters.size() > 1 || servers.size() > 1) {
            throw new ConfigException(
                    (voters.size() > 1 ? "controller.quorum.voters" : "controller.quorum.bootstrap.servers")
                            + "=" + String.join(",", voters.size() > 1 ? voters : servers)
                            + ": expected this node alone; clusters of several nodes are not supported yet");
        }
        if (voters.size() == 1 && !voters.get(0).startsWith(nodeId + "@")) {
            throw new ConfigException(
                    "controller.quorum.voters=" + voters.get(0) + ": expected node.id " + nodeId + " before the @");
        }
    }

    private static List<String> logDirNames(Settings settings) {
        boolean single = settings.isSet("log.dir") && !settings.isSet("log.dirs");
        return settings.listOf(single ? "log.dir" : "log.dirs");
    }

    private static List<Path> logDirs(Settings settings) {
        List<Path> directories = logDirNames(settings).stream()
                .map(directory -> Path.of(directory).toAbsolutePath().normalize())
                .toList();
        if (directories.isEmpty()) {
            throw new ConfigException("log.dirs=: expected a directory");
        }
        if (Set.copyOf(directories).size() < directories.size()) {
            throw new ConfigException(
                    "log.dirs=" + String.join(",", settings.listOf("log.dirs")) + ": a directory is named twice");
        }
        return directories;
    }

    /** A directory is named as log.dirs has it, or by the path that tools are told. */
    private static CordonedLogDirs cordonedLogDirs(Settings settings, List<Path> logDirs) {
        Map<String, String> paths = new HashMap<>();
        List<String> names = logDirNames(settings);
        for (int i = 0; i < names.size(); i++) {
            String path = logDirs.get(i).toString();
            paths.put(names.get(i), path);
            paths.put(path, path);
        }
        return new CordonedLogDirs(paths, String.join(",", settings.listOf(CordonedLogDirs.SETTING)));
    }

    private static Path metadataLogDir(Settings settings, List<Path> logDirs) {
        Object directory = settings.optional("metadata.log.dir");
        return directory == null
                ? logDirs.get(0)
                : Path.of(directory.toString()).toAbsolutePath().normalize();
    }

    private static ControllerSettings controller(Settings settings, CordonedLogDirs cordoned) {
        return new ControllerSettings(
                settings.intOf("num.partitions"),
                (short) settings.intOf("default.replication.factor"),
                settings.booleanOf("delete.topic.enable"),
                settings.effective(),
                cordoned);
    }

    private static PartitionSettings partitions(Settings settings, int nodeId, CordonedLogDirs cordoned) {
        return new PartitionSettings(
                nodeId,
                settings.longOf("log.retention.check.interval.ms"),
                settings.intOf("producer.id.expiration.ms"),
                cleaner(settings),
                settings.optional("num.replica.alter.log.dirs.threads") instanceof Integer moves ? moves : 0,
                settings.effective(),
                cordoned);
    }

    private static CleanerSettings cleaner(Settings settings) {
        int cleanings = settings.intOf("log.cleaner.threads");
        int sharing = Math.max(1, cleanings);
        long mapBytes = settings.longOf("log.cleaner.dedupe.buffer.size");
        if (mapBytes / sharing < CLEANER_MAP_BYTES_MIN) {
            throw new ConfigException("log.cleaner.dedupe.buffer.size=" + mapBytes + ": expected "
                    + CLEANER_MAP_BYTES_MIN + " or more for each of log.cleaner.threads=" + cleanings);
        }
        if (!settings.isSet("log.cleaner.dedupe.buffer.size")) {
            // Kafka's default is for Kafka's heap.
            mapBytes = Math.min(mapBytes, Runtime.getRuntime().maxMemory() / CLEANER_MAP_PART_OF_HEAP);
        }
        return new CleanerSettings(
                settings.booleanOf("log.cleaner.enable"),
                cleanings,
                settings.longOf("log.cleaner.backoff.ms"),
                (Double) Objects.requireNonNull(settings.optional("log.cleaner.io.max.bytes.per.second")),
                new CleaningLimits(
                        mapBytes / sharing,
                        (Double) Objects.requireNonNull(settings.optional("log.cleaner.io.buffer.load.factor")),
                        settings.intOf("log.cleaner.io.buffer.size") / sharing / CLEANER_BUFFERS));
    }

    private static NetworkConfig network(Settings settings, Listeners listeners) {
        int requestBytesMax = settings.intOf("socket.request.max.bytes");
        long queuedBytesMax = settings.longOf("queued.max.request.bytes");
        if (queuedBytesMax > 0 && queuedBytesMax < requestBytesMax) {
            throw new ConfigException("queued.max.request.bytes=" + queuedBytesMax
                    + ": expected no less than socket.request.max.bytes=" + requestBytesMax);
        }
        long heapBytes = Runtime.getRuntime().maxMemory();
        if (queuedBytesMax <= 0) {
            // Kafka's default is none: a request more than the JVM may have would end in an OutOfMemoryError.
            queuedBytesMax = heapBytes / REQUESTS_PART_OF_HEAP;
        }
        return new NetworkConfig(
                listeners.bound(),
                settings.intOf("num.network.threads"),
                (int) Math.min(requestBytesMax, queuedBytesMax),
                queuedBytesMax,
                (int) Math.min(requestBytesMax, heapBytes / STRUCTURES_PART_OF_HEAP),
                settings.longOf("connections.max.idle.ms"),
                settings.intOf("socket.send.buffer.bytes"),
                settings.intOf("socket.receive.buffer.bytes"),
                settings.intOf("socket.listen.backlog.size"),
                ConnectionSettings.of(settings, listeners));
    }

    private static TransactionConfig transactions(Settings settings) {
        return new TransactionConfig(
                settings.intOf("transaction.max.timeout.ms"),
                settings.intOf("transactional.id.expiration.ms"),
                settings.intOf("transaction.remove.expired.transaction.cleanup.interval.ms"));
    }

    private static GroupConfig groups(Settings settings) {
        return new GroupConfig(
                settings.intOf("group.min.session.timeout.ms"),
                settings.intOf("group.max.session.timeout.ms"),
                settings.intOf("group.initial.rebalance.delay.ms"),
                settings.intOf("group.max.size"),
                settings.intOf("offset.metadata.max.bytes"),
                TimeUnit.MINUTES.toMillis(settings.intOf("offsets.retention.minutes")),
                settings.longOf("offsets.retention.check.interval.ms"),
                ConsumerGroupSettings.of(settings));
    }

    private static List<String> notices(Settings settings) {
        List<String> notices = new ArrayList<>();
        Set<String> unused = new TreeSet<>(settings.unused());
        // Defaults of topics are looked up when a topic needs them.
        KnownConfigs.topic().values().forEach(key -> unused.removeAll(key.synonyms()));
        if (MetricsReporters.loadable(settings.listOf(MetricsReporters.SETTING)).isEmpty()) {
            if (settings.isSet(MetricsReporters.SETTING)) {
                unused.add(MetricsReporters.SETTING);
            }
        } else {
            unused.removeIf(name -> name.startsWith(MetricsReporters.CONTEXT_PREFIX));
        }
        notices.addAll(settings.leftToPlugins());
        for (String name : unused) {
            notices.add("Setting " + name + " has no effect: Apache Kafka knows it, Millrace does not use it");
        }
        return List.copyOf(notices);
    }
}
