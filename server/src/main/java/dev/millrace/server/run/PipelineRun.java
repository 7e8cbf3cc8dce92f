package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import dev.millrace.connect.pipeline.PipelineFile;
import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.ConnectorCheck;
import dev.millrace.connect.worker.answer.RunState;
import dev.millrace.connect.worker.answer.WorkerProgress;
import dev.millrace.server.UserError;
import dev.millrace.server.assembly.MillraceServer;
import dev.millrace.server.config.ServerConfig;
import dev.millrace.server.logging.Logs;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * One run of a pipeline in this process: starts a server unless one is named, deploys topics, connectors and jobs, shows how far
 * they are, and ends when the input is through or it is told to. What is wrong with the pipeline is found before anything
 * is started or created.
 */
public final class PipelineRun {

    private static final long TICK_MS = 200;

    /** For what can still be closed in order when nothing can be written any more. */
    private static final long ABANDON_MS = 2_000;

    /** Short enough that a run which was killed and started again does not wait long for its former members. */
    private static final int SESSION_TIMEOUT_MS = 6_000;

    private final RunOptions options;
    private final Console console;
    private final CountDownLatch stop = new CountDownLatch(1);
    /** Fails when the disk is full. */
    private Runnable room = () -> {};

    /** Whether anything is there to be kept. */
    private boolean deployed;

    /** Whether the run ends because its own server can't write any more. */
    private boolean storageLost;

    private final CountDownLatch stopped = new CountDownLatch(1);

    public PipelineRun(RunOptions options, java.io.PrintWriter out, boolean terminal) {
        this.options = options;
        this.console = new Console(out, terminal);
    }

    /** Asks the run to end in an orderly way, and waits until it has. Any thread. */
    public void stop() {
        stop.countDown();
        try {
            if (!stopped.await(30, TimeUnit.SECONDS)) {
                console.line("not everything has stopped within 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Runs the pipeline to its end.
     *
     * @throws UserError, PipelineException when the pipeline can't be run
     */
    public RunReport run() throws InterruptedException {
        try {
            return runHere();
        } finally {
            stopped.countDown();
        }
    }

    private RunReport runHere() throws InterruptedException {
        long startedMs = System.currentTimeMillis();
        Path home = Path.of(System.getProperty("millrace.home", "."));
        PipelineFile file = PipelineFile.read(options.pipeline(), List.of(home.resolve("config/layouts")));
        Path data = data(file.name());
        Pipeline pipeline = file.resolve(
                options.settings(),
                Map.of(
                        "data.dir", data.toAbsolutePath().normalize().toString(),
                        "pipeline.dir", directory(options.pipeline()).toString()));
        PipelinePart part = PipelinePart.of(pipeline, options.only());
        boolean untilDone =
                options.untilDone() == null ? pipeline.finite() && part.holdsAllSources() : options.untilDone();

        try (URLClassLoader jobClasses = PluginClassPath.loader(pipeline.classPath())) {
            JobHost jobHost = new JobHost(pipeline.name(), jobClasses);
            part.jobs().forEach(jobHost::check);
            ServerConfig config = serverConfig(part, data);
            MillraceServer.check(config);
            ConnectorCheck.requireValid(MillraceServer.workerConfig(config, "127.0.0.1:0"), part.connectors());
            RunReport report = deploy(part, config, jobHost, data, untilDone, startedMs);
            // Only now has the sink let go of an embedded database.
            try (URLClassLoader drivers = PluginClassPath.plugins(System.getProperty("millrace.plugin.path", ""))) {
                return report.with(Summary.lines(pipeline, report, new QueryView(drivers)));
            }
        } catch (java.io.IOException e) {
            throw new UserError("classpath: " + e.getMessage(), e);
        }
    }

    private RunReport deploy(
            PipelinePart part, ServerConfig config, JobHost jobHost, Path data, boolean untilDone, long startedMs)
            throws InterruptedException {
        try (DataDirectory held = DataDirectory.open(data, options.fresh())) {
            try {
                Logs.to(data.resolve("millrace.log"));
                console.line("data in " + data);
                held.requireRoom();
                room = held::requireRoom;
                return run(part, config, jobHost, data, untilDone, startedMs);
            } catch (UserError | KafkaException e) {
                RuntimeException reason = orFullDisk(held, e);
                if (!deployed) {
                    Logs.toStandardError();
                    held.discard();
                }
                throw reason;
            }
        }
    }

    /** On a full disk anything can fail first: a write that no answer comes to, a topic that is not made. */
    private static RuntimeException orFullDisk(DataDirectory held, RuntimeException failure) {
        try {
            held.requireRoom();
            return failure;
        } catch (UserError full) {
            full.addSuppressed(failure);
            return full;
        }
    }

    private RunReport run(
            PipelinePart part, ServerConfig config, JobHost jobHost, Path data, boolean untilDone, long startedMs)
            throws InterruptedException {
        if (options.bootstrapServers() != null) {
            Cluster.requireReachable(options.bootstrapServers());
        }
        MillraceServer server = MillraceServer.start(config);
        try {
            console.line((options.bootstrapServers() == null ? "server ready on " : "running on ")
                    + server.bootstrapServers()
                    + server.httpAddress().map(a -> ", http " + a).orElse(""));
            return run(part, server, jobHost, data, untilDone, startedMs);
        } finally {
            close(server);
        }
    }

    /**
     * Tasks and producers wait until what they have written is acknowledged. Where nothing can be written they would wait out
     * every timeout, one after the other, and save nothing: it is done again at the next run in any case.
     */
    private void close(MillraceServer server) throws InterruptedException {
        if (storageLost) {
            server.abandon(ABANDON_MS);
        } else {
            server.close();
        }
    }

    private Path data(String pipeline) {
        return options.data() != null
                ? options.data()
                : DataDirectory.defaultFor(
                        pipeline,
                        options.settings(),
                        Objects.requireNonNullElse(options.bootstrapServers(), ""),
                        options.only());
    }

    private static Path directory(Path pipeline) {
        Path path = pipeline.toAbsolutePath().normalize();
        return java.nio.file.Files.isDirectory(path) ? path : Objects.requireNonNullElse(path.getParent(), path);
    }

    private ServerConfig serverConfig(PipelinePart part, Path data) {
        Map<String, String> settings = new HashMap<>();
        if (options.bootstrapServers() == null) {
            settings.put(ServerConfig.PROCESS_ROLES, "broker,controller,connect");
            settings.put("log.dirs", data.resolve("log").toString());
            // Kafka waits for further members before it hands out partitions; the only ones there will be are here.
            settings.put("group.initial.rebalance.delay.ms", "0");
        } else {
            settings.put(ServerConfig.PROCESS_ROLES, part.connectors().isEmpty() ? "console" : "connect");
            settings.put(ServerConfig.BOOTSTRAP_SERVERS, options.bootstrapServers());
            settings.put(ServerConfig.HTTP_LISTENERS, "http://127.0.0.1:0");
        }
        String group = "millrace-" + part.whole().name();
        settings.put("connect.group.id", group);
        settings.put("connect.config.storage.topic", part.configTopic(group));
        settings.put("connect.offset.storage.topic", group + "-offsets");
        settings.put("connect.status.storage.topic", group + "-status");
        settings.put("connect.offset.storage.partitions", "1");
        settings.put("connect.status.storage.partitions", "1");
        settings.put("connect.offset.flush.interval.ms", "1000");
        settings.put("connect.consumer.session.timeout.ms", Integer.toString(SESSION_TIMEOUT_MS));
        settings.put("connect.consumer.heartbeat.interval.ms", Integer.toString(SESSION_TIMEOUT_MS / 3));
        return ServerConfig.of(settings, ServerConfig.parseOverrides(options.overrides()));
    }

    private RunReport run(
            PipelinePart part, MillraceServer server, JobHost jobHost, Path data, boolean untilDone, long startedMs)
            throws InterruptedException {
        var clients = new Properties();
        clients.put("bootstrap.servers", server.bootstrapServers());
        clients.put("enable.metrics.push", false);
        List<RunningJob> jobs = new ArrayList<>();
        try (Admin admin = Admin.create(clients);
                Consumer<byte[], byte[]> reader = reader(clients)) {
            new Topics(admin).ensure(part.whole().topics());
            deployed = true;
            for (var job : part.jobs().entrySet()) {
                jobs.add(jobHost.start(job.getKey(), job.getValue(), server.bootstrapServers(), data));
            }
            Supplier<WorkerProgress> worker = start(part.connectors(), server);
            var end = new EndOfInput(groups(part.whole(), jobHost), new Backlog(admin, reader));
            boolean through = follow(part, server, worker, jobs, end, untilDone, startedMs);
            jobs.forEach(RunningJob::close);
            return report(part.whole(), worker.get(), jobs, reader, server, data, through, startedMs);
        } catch (RuntimeException e) {
            try {
                requireStorage(server);
            } catch (UserError lost) {
                lost.addSuppressed(e);
                throw lost;
            }
            throw e;
        } finally {
            jobs.forEach(storageLost ? RunningJob::abandon : RunningJob::close);
        }
    }

    /** Without connectors there is no need for a worker. */
    private static Supplier<WorkerProgress> start(Map<String, Map<String, String>> connectors, MillraceServer server) {
        if (connectors.isEmpty()) {
            return () -> new WorkerProgress(List.of(), List.of(), List.of());
        }
        ConnectWorker worker = server.connectWorker();
        connectors.forEach(worker::put);
        return worker::progress;
    }

    private static Consumer<byte[], byte[]> reader(Properties clients) {
        var settings = new Properties();
        settings.putAll(clients);
        settings.put("isolation.level", "read_committed");
        settings.put("enable.auto.commit", false);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Watches until everything is through (true), or the run is told to stop (false). */
    private boolean follow(
            PipelinePart part,
            MillraceServer server,
            Supplier<WorkerProgress> worker,
            List<RunningJob> jobs,
            EndOfInput end,
            boolean untilDone,
            long startedMs)
            throws InterruptedException {
        while (true) {
            WorkerProgress progress = worker.get();
            // Before what fails for want of it.
            requireStorage(server);
            failures(progress, jobs);
            console.progress(progressLine(progress, jobs, startedMs), System.currentTimeMillis());
            if (untilDone && progress.connectors().size() == part.connectors().size() && progress.sourcesAreIdle()) {
                if (end.reached()) {
                    return true;
                }
            } else {
                end.notYet();
            }
            if (stop.await(TICK_MS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
    }

    private void requireStorage(MillraceServer server) {
        try {
            room.run();
            String failure = server.failure().toCompletableFuture().getNow(null);
            if (failure != null) {
                throw new UserError(failure);
            }
        } catch (UserError e) {
            storageLost = options.bootstrapServers() == null;
            throw e;
        }
    }

    /** Of every part of the pipeline, wherever it runs. */
    private static List<String> groups(Pipeline pipeline, JobHost jobHost) {
        List<String> groups = new ArrayList<>();
        pipeline.jobs().forEach((name, job) -> groups.add(jobHost.applicationId(name, job)));
        pipeline.connectors().forEach((name, config) -> {
            if (PipelinePart.isSink(config)) {
                groups.add("connect-" + name);
            }
        });
        return groups;
    }

    private static void failures(WorkerProgress progress, List<RunningJob> jobs) {
        for (var connector : progress.connectors()) {
            if (connector.state() == RunState.FAILED) {
                throw new UserError("connector " + connector.name() + " failed: " + connector.error());
            }
        }
        for (var task : progress.sources()) {
            if (task.state() == RunState.FAILED) {
                throw new UserError("task " + task.id() + " failed: " + task.error());
            }
        }
        for (var task : progress.sinks()) {
            if (task.state() == RunState.FAILED) {
                throw new UserError("task " + task.id() + " failed: " + task.error());
            }
        }
        for (RunningJob job : jobs) {
            Throwable failure = job.failure();
            if (failure != null) {
                throw new UserError("job " + job.name() + " failed: " + failure.getMessage(), failure);
            }
        }
    }

    private static String progressLine(WorkerProgress progress, List<RunningJob> jobs, long startedMs) {
        var line = new StringBuilder();
        sources(progress)
                .forEach((name, count) -> line.append(String.format(Locale.ROOT, "%s %,d read · ", name, count)));
        jobs.forEach(
                job -> line.append(String.format(Locale.ROOT, "%s %,d processed · ", job.name(), job.processed())));
        sinks(progress)
                .forEach((name, count) -> line.append(String.format(Locale.ROOT, "%s %,d written · ", name, count)));
        return line.append(String.format(Locale.ROOT, "%.1f s", (System.currentTimeMillis() - startedMs) / 1000.0))
                .toString();
    }

    private static Map<String, Long> sources(WorkerProgress progress) {
        return progress.sources().stream()
                .collect(Collectors.toMap(
                        task -> task.id().connector(), WorkerProgress.SourceTask::written, Long::sum, TreeMap::new));
    }

    private static Map<String, Long> sinks(WorkerProgress progress) {
        return progress.sinks().stream()
                .collect(Collectors.toMap(
                        task -> task.id().connector(), WorkerProgress.SinkTask::put, Long::sum, TreeMap::new));
    }

    private RunReport report(
            Pipeline pipeline,
            WorkerProgress progress,
            List<RunningJob> jobs,
            Consumer<byte[], byte[]> reader,
            MillraceServer server,
            Path data,
            boolean through,
            long startedMs) {
        Map<String, Long> setAside = new TreeMap<>();
        Map<String, Long> reasons = new TreeMap<>();
        if (through) {
            for (DeadLetters.Count count :
                    new DeadLetters(reader).count(pipeline.errors().deadLetterTopics())) {
                setAside.put(count.topic(), count.records());
                count.reasons().forEach((reason, times) -> reasons.merge(reason, times, Long::sum));
            }
        }
        long failed = progress.sources().stream()
                        .mapToLong(WorkerProgress.SourceTask::failed)
                        .sum()
                + progress.sinks().stream()
                        .mapToLong(WorkerProgress.SinkTask::failed)
                        .sum()
                + setAside.values().stream().mapToLong(Long::longValue).sum();
        return new RunReport(
                pipeline.name(),
                through,
                (System.currentTimeMillis() - startedMs) / 1000.0,
                sources(progress),
                jobs.stream()
                        .collect(Collectors.toMap(RunningJob::name, RunningJob::processed, Long::sum, TreeMap::new)),
                sinks(progress),
                setAside,
                reasons,
                failed > 0 && !pipeline.errors().tolerated(),
                data.toAbsolutePath().normalize().toString(),
                server.bootstrapServers(),
                List.of());
    }
}
