package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import dev.millrace.connect.plugin.NearestName;
import dev.millrace.server.UserError;
import dev.millrace.streams.Job;
import dev.millrace.streams.JobContext;
import dev.millrace.streams.StreamsApplication;
import dev.millrace.streams.StreamsConfig;
import dev.millrace.streams.Topology;
import dev.millrace.streams.errors.TopologyException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/** Makes a pipeline's jobs from their classes and runs them in this process. */
final class JobHost {

    /** Short enough that a job which was killed and started again does not wait long for its former self. */
    private static final int SESSION_TIMEOUT_MS = 6_000;

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final String pipeline;
    private final URLClassLoader classes;

    JobHost(String pipeline, URLClassLoader classes) {
        this.pipeline = pipeline;
        this.classes = classes;
    }

    /**
     * Makes the job and its topology and throws them away.
     *
     * @throws UserError when the class is not there, is no job, or its settings are wrong
     */
    void check(String name, Pipeline.Job job) {
        try {
            new StreamsApplication(topology(name, job), config(name, job, "127.0.0.1:0", Path.of("")));
        } catch (ConfigException | TopologyException e) {
            throw new UserError("job " + name + ": " + e.getMessage(), e);
        }
    }

    RunningJob start(String name, Pipeline.Job job, String bootstrapServers, Path data) {
        Map<String, Object> config = config(name, job, bootstrapServers, data);
        var application = new StreamsApplication(topology(name, job), config);
        application.start();
        return new Running(name, application);
    }

    private Topology topology(String name, Pipeline.Job job) {
        try {
            Job made = Class.forName(job.className(), true, classes)
                    .asSubclass(Job.class)
                    .getConstructor()
                    .newInstance();
            return made.build(new JobContext(name, job.settings()));
        } catch (ClassNotFoundException e) {
            throw new UserError(
                    "job " + name + ": no class " + job.className()
                            + " on the pipeline's classpath"
                            + NearestName.of(job.className(), PluginClassPath.classNames(classes))
                                    .map(near -> " (did you mean " + near + "?)")
                                    .orElse("")
                            + ": correct class: or classpath:, or build the job",
                    e);
        } catch (ClassCastException e) {
            throw new UserError(
                    "job " + name + ": " + job.className() + " does not implement " + Job.class.getName(), e);
        } catch (IllegalArgumentException e) {
            throw new UserError("job " + name + ": " + e.getMessage(), e);
        } catch (LinkageError e) {
            throw new UserError(
                    "job " + name + ": " + job.className() + " can't be loaded (" + e
                            + "): add what it needs to classpath:",
                    e);
        } catch (ReflectiveOperationException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserError(
                    "job " + name + ": " + job.className() + " can't be made: it needs a public constructor without "
                            + "arguments that does not fail (" + cause + ")",
                    cause);
        }
    }

    /** The job's consumer group, wherever it runs. */
    String applicationId(String name, Pipeline.Job job) {
        return job.config().getOrDefault(StreamsConfig.APPLICATION_ID_CONFIG, pipeline + "-" + name);
    }

    private Map<String, Object> config(String name, Pipeline.Job job, String bootstrapServers, Path data) {
        Map<String, Object> config = new HashMap<>();
        config.put(StreamsConfig.STATE_DIR_CONFIG, data.resolve("state").toString());
        config.put("consumer.session.timeout.ms", SESSION_TIMEOUT_MS);
        config.put("consumer.heartbeat.interval.ms", SESSION_TIMEOUT_MS / 3);
        config.putAll(job.config());
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, applicationId(name, job));
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return config;
    }

    private record Running(String name, StreamsApplication application) implements RunningJob {

        @Override
        public long processed() {
            return application.metrics().processed();
        }

        @Override
        public @Nullable Throwable failure() {
            return application.failure();
        }

        @Override
        public void close() {
            application.close(STOP_TIMEOUT);
        }

        @Override
        public void abandon() {
            application.close(Duration.ZERO);
        }
    }
}
