package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.api.topic.AutoTopicCreation;
import dev.millrace.broker.coordinator.CoordinatorTopics;
import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.log.file.FileDisk;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.RegisterBroker;
import dev.millrace.broker.metadata.quorum.SingleNodeMetadataLog;
import dev.millrace.broker.network.NetworkServer;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.thread.DiskPool;
import dev.millrace.broker.thread.FatalErrors;
import dev.millrace.broker.thread.ProcessHalt;
import dev.millrace.broker.thread.ThreadLoop;
import dev.millrace.broker.thread.WallClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, from its data directories to its ports. What starts first is what the others stand on; it stops in the
 * opposite order. Any thread.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    private static final int CLOSE_SECONDS_MAX = 20;

    private final BrokerConfig config;
    private final FatalErrors fatal;

    /** What was started, the latest first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private final ClientQuotas quotas;
    private final MetricsReporters reporters;
    private final String clusterId;
    private final Uuid metadataDirectory;
    private final List<Endpoint> advertised;
    private @Nullable ClusterMetadata metadata;

    private Broker(BrokerConfig config, FatalErrors fatal) {
        this.config = config;
        this.fatal = fatal;
        this.quotas = config.quotas();
        try {
            this.reporters = register(new MetricsReporters(config));
            // The ports first: what is most often in the way shows before anything was touched.
            NetworkServer network = register(new NetworkServer(config.network(), quotas, fatal));
            this.advertised = config.listeners().advertisedFor(network.bind());
            DataDirectories directories =
                    register(new DataDirectories(config.directories(), config.metadataLogDir(), config.nodeId()));
            this.clusterId = directories.clusterId();
            this.metadataDirectory = directories.metadataDirectoryId();
            ApiTable table = startServices(network, directories.unusable());
            register(network::drain);
            network.start(table);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a broker and returns once it serves. An Error that leaves its state in doubt halts the process.
     *
     * @throws ConfigException in one line, for the user: a port in use, a data directory in use, and the like
     * @throws KafkaException when the data can't be read; names the file
     */
    public static Broker start(BrokerConfig config) {
        config.notices().forEach(LOG::warn);
        return new Broker(config, ProcessHalt.ofThisProcess());
    }

    private <T extends AutoCloseable> T register(T part) {
        started.push(part);
        return part;
    }

    private ApiTable startServices(NetworkServer network, Map<Path, ConfigException> unusable) {
        WallClock clock = new WallClock();
        ThreadLoop metadataLoop = register(new ThreadLoop("millrace-metadata", clock, fatal));
        List<Loop> partitionLoops = new ArrayList<>();
        for (int i = 0; i < config.partitionLoops(); i++) {
            partitionLoops.add(register(new ThreadLoop("millrace-partition-" + i, clock, fatal)));
        }
        DiskPool diskPool = register(new DiskPool(config.diskThreads(), fatal));
        try {
            return startServices(network, unusable, metadataLoop, partitionLoops, diskPool);
        } catch (IOException e) {
            throw new KafkaException("The data can't be read: " + e.getMessage(), e);
        }
    }

    private ApiTable startServices(
            NetworkServer network,
            Map<Path, ConfigException> unusable,
            ThreadLoop metadataLoop,
            List<Loop> partitionLoops,
            DiskPool diskPool)
            throws IOException {
        SingleNodeMetadataLog metadataLog =
                SingleNodeMetadataLog.open(new FileDisk(config.metadataLogDir()), metadataLoop, diskPool);
        register(() -> closeOn(metadataLoop, metadataLog));
        Controller controller =
                new Controller(ClusterImage.empty(clusterId), config.controllerSettings(), Uuid::randomUuid);
        ClusterMetadata metadata = new ClusterMetadata(metadataLoop, metadataLog, controller);
        this.metadata = metadata;

        metadata.onLogFailure(cause -> fail(config.metadataLogDir().toString(), cause.toString()));

        List<FileDisk> disks = config.logDirs().stream().map(FileDisk::new).toList();
        Partitions partitions =
                new Partitions(config.partitionSettings(), List.copyOf(disks), partitionLoops, diskPool);
        partitions.onLogDirFailure((logDir, alive) -> {
            if (alive.isEmpty() || logDir.equals(config.metadataLogDir().toString())) {
                fail(logDir, "its disk has failed");
            }
        });
        for (FileDisk disk : disks) {
            ConfigException cause = unusable.get(disk.root());
            if (cause != null) {
                partitions.failLogDir(disk, cause);
            }
        }
        if (unusable.keySet().containsAll(config.logDirs())) {
            throw new ConfigException("None of log.dirs can be used: "
                    + unusable.values().stream().map(Throwable::getMessage).collect(Collectors.joining("; ")));
        }
        register(() -> close(partitions));
        List<CreateTopics.NewTopic> internalTopics = config.internalTopics();
        InternalTopics coordinatorTopics = new CoordinatorTopics(metadata, internalTopics, partitions::isOffline);
        GroupCoordination groups = new GroupCoordination(config.groupConfig(), metadata, coordinatorTopics, diskPool);
        TransactionCoordination transactions =
                new TransactionCoordination(config, metadata, metadataLoop, partitions, coordinatorTopics, diskPool);
        metadata.subscribe(partitions);
        metadata.subscribe(new DynamicSettings(config, network, quotas, partitions, diskPool));
        groups.follow(partitions);
        transactions.follow(partitions);
        partitions.start();
        start(metadata, metadataLoop);

        NodeView node = new NodeView(
                config.nodeId(),
                metadata,
                metadataDirectory,
                partitions,
                config.all(),
                config.fetchBytesMax(),
                diskPool,
                metadataLoop::nowMs,
                Uuid::randomUuid,
                new JavaLoggers(),
                quotas);
        reporters.start(clusterId, diskPool);
        AutoTopicCreation creation = new AutoTopicCreation(metadata, config.autoCreateTopics(), internalTopics);
        Participation participation = transactions.participation();
        List<ApiHandler<?, ?>> handlers =
                NodeApis.handlers(node, creation, coordinatorTopics, participation, reporters);
        handlers.addAll(groups.handlers(partitions, participation));
        handlers.addAll(transactions.handlers());
        return new ApiTable(handlers, new FinalizedFeatures(metadata::image));
    }

    /** The directory was the last one, or that of the metadata. */
    private void fail(String logDir, String cause) {
        failure.complete("log.dirs=" + logDir + ": the broker can't go on without it (" + cause
                + "). Mend or replace its disk, and start again");
    }

    /**
     * Completes, in one line for the user, once the broker can't go on; whoever has started it closes it then. Never fails.
     */
    public CompletionStage<String> failure() {
        return failure.minimalCompletionStage();
    }

    /** Returns once the image of the last run stands and this broker is in it. */
    private void start(ClusterMetadata metadata, Loop metadataLoop) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        metadataLoop.execute(() -> {
            try {
                metadata.start(() -> ready.complete(null));
            } catch (IOException | RuntimeException e) {
                ready.completeExceptionally(e);
            }
        });
        join(ready);
        FutureTicket<Long> registered = new FutureTicket<>();
        List<BrokerImage.Endpoint> endpoints = advertised.stream()
                .map(endpoint -> new BrokerImage.Endpoint(endpoint.listener(), endpoint.host(), endpoint.port()))
                .toList();
        metadata.submit(new RegisterBroker(config.nodeId(), Uuid.randomUuid(), config.rack(), endpoints, registered));
        join(registered);
    }

    private static void join(CompletableFuture<?> future) {
        try {
            future.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new KafkaException(cause.getMessage(), cause);
        }
    }

    private static void close(Partitions partitions) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        partitions.close(() -> closed.complete(null));
        closed.get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    private static void closeOn(Loop loop, SingleNodeMetadataLog log) throws Exception {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                log.close();
                closed.complete(null);
            } catch (IOException | UncheckedIOException e) {
                closed.completeExceptionally(e);
            }
        });
        closed.get(CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
    }

    /** Where clients reach this broker: {@code host:port}, separated by commas; with the port that was taken for port 0. */
    public String bootstrapServers() {
        return advertised.stream()
                .map(endpoint -> endpoint.host() + ":" + endpoint.port())
                .collect(Collectors.joining(","));
    }

    public String clusterId() {
        return clusterId;
    }

    /** Whether the cluster has the topic, as far as this broker knows. */
    public boolean hasTopic(String name) {
        return Objects.requireNonNull(metadata).image().topic(name) != null;
    }

    /** Answers what is under way, writes what is not written, and stops, all within seconds. Idempotent. */
    @Override
    public synchronized void close() {
        for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error("A part of the broker failed to stop", e);
            }
        }
    }
}
