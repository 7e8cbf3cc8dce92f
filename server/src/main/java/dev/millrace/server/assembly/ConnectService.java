package dev.millrace.server.assembly;

import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.WorkerConfig;
import dev.millrace.server.config.Role;
import dev.millrace.server.config.ServerConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Connect worker of this process, when it has that role. A worker keeps clients of its own busy, so it starts only when
 * there is something for it to do: at once when the cluster holds connectors, otherwise with the first request to it.
 */
@Singleton
class ConnectService {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectService.class);

    private final ServerConfig settings;
    private final BrokerService broker;
    private @Nullable ConnectWorker worker;
    private boolean started;
    private boolean stopped;

    @Inject
    ConnectService(ServerConfig settings, BrokerService broker) {
        this.settings = settings;
        this.broker = broker;
    }

    void start(@Observes @Priority(Starting.CONNECT) Starting starting) {
        if (!settings.has(Role.CONNECT)) {
            return;
        }
        WorkerConfig workerConfig = workerConfig(settings, broker.bootstrapServers());
        worker = new ConnectWorker(workerConfig);
        if (broker.hasTopic(workerConfig.configTopic().name())) {
            var resume = new Thread(this::resume, "connect-resume");
            resume.setDaemon(true);
            resume.start();
        }
    }

    static WorkerConfig workerConfig(ServerConfig settings, String bootstrapServers) {
        Map<String, String> connect = new HashMap<>(settings.connect());
        connect.putIfAbsent(WorkerConfig.BOOTSTRAP_SERVERS, bootstrapServers);
        connect.putIfAbsent(WorkerConfig.PLUGIN_PATH, System.getProperty("millrace.plugin.path", ""));
        connect.putIfAbsent(WorkerConfig.EXACTLY_ONCE_SOURCE, "enabled");
        return WorkerConfig.of(connect);
    }

    /** The cluster holds the configs of connectors from an earlier time. */
    private void resume() {
        try {
            worker();
        } catch (RuntimeException | Error e) { // Plugins are searched for here: a class that one lacks is an Error.
            LOG.error(
                    "The Connect worker could not take up its connectors; a request to it tries again. error={}",
                    e.toString());
        }
    }

    /** Whether this process has the role. */
    boolean isHere() {
        return worker != null;
    }

    /** The worker as it is, started or not. */
    ConnectWorker unstarted() {
        if (worker == null) {
            throw new IllegalStateException("This process has no Connect worker");
        }
        return worker;
    }

    /** The worker, running. Blocks for its start when it is the first to ask. */
    synchronized ConnectWorker worker() {
        ConnectWorker here = unstarted();
        if (stopped) {
            throw new IllegalStateException("The Connect worker is being stopped");
        }
        if (!started) {
            here.start();
            started = true;
        }
        return here;
    }

    synchronized void stop(@Observes @Priority(Stopping.CONNECT) Stopping stopping) {
        stopped = true;
        if (worker != null) {
            worker.close();
        }
    }
}
