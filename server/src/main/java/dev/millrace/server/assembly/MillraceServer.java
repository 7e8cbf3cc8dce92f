package dev.millrace.server.assembly;

import dev.millrace.broker.BrokerConfig;
import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.WorkerConfig;
import dev.millrace.server.UserError;
import dev.millrace.server.config.HttpListener;
import dev.millrace.server.config.Role;
import dev.millrace.server.config.ServerConfig;
import io.smallrye.config.SmallRyeConfigProviderResolver;
import io.smallrye.config.inject.ConfigExtension;
import jakarta.enterprise.inject.se.SeContainer;
import jakarta.enterprise.inject.se.SeContainerInitializer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.config.spi.ConfigProviderResolver;

/**
 * Everything that one process runs, started and stopped in order. Weld joins the parts: discovery is off and the bean classes
 * are listed, so that start-up scans nothing.
 */
public final class MillraceServer implements AutoCloseable {

    private final ServerConfig settings;
    private final SeContainer container;

    private MillraceServer(ServerConfig settings, SeContainer container) {
        this.settings = settings;
        this.container = container;
    }

    /**
     * Starts the parts that the roles ask for; when one can't start, those before it are stopped again.
     *
     * @throws RuntimeException of the part that could not start
     */
    public static MillraceServer start(ServerConfig settings) {
        check(settings);
        ConfigProviderResolver.setInstance(new SmallRyeConfigProviderResolver());
        ConfigProviderResolver.instance().registerConfig(settings.source(), MillraceServer.class.getClassLoader());
        SeContainer container = SeContainerInitializer.newInstance()
                .disableDiscovery()
                // Stopping is in order, and this program's own: Weld's hook would run beside it, and speaks on stdout.
                .addProperty("org.jboss.weld.se.shutdownHook", false)
                .setClassLoader(MillraceServer.class.getClassLoader())
                .addExtensions(new ConfigExtension(), new SettingsExtension(settings))
                .addBeanClasses(BrokerService.class, ConnectService.class, HttpService.class)
                .initialize();
        var server = new MillraceServer(settings, container);
        try {
            container.getBeanManager().getEvent().fire(new Starting());
            return server;
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
    }

    /**
     * Finds what is wrong with these settings before anything is started.
     *
     * @throws RuntimeException in one line, for the user, as {@link #start} would
     */
    public static void check(ServerConfig settings) {
        if (settings.has(Role.BROKER) || settings.has(Role.CONTROLLER)) {
            BrokerConfig.parse(settings.broker());
        }
        if (settings.has(Role.CONNECT)) {
            // The worker starts with the first request to it: too late to hear of it.
            for (String folder : workerConfig(settings, "127.0.0.1:0").pluginPath()) {
                if (!Files.exists(Path.of(folder))) {
                    throw new UserError(ServerConfig.CONNECT_PREFIX + WorkerConfig.PLUGIN_PATH + ": " + folder
                            + " is not there: create it, or correct the setting");
                }
            }
        }
        HttpListener.parse(settings.httpListeners());
    }

    /** The settings that a server with these settings gives its Connect worker. */
    public static WorkerConfig workerConfig(ServerConfig settings, String bootstrapServers) {
        return ConnectService.workerConfig(settings, bootstrapServers);
    }

    /** Where clients connect: to the broker here, or to the cluster elsewhere that was named. */
    public String bootstrapServers() {
        return container.select(BrokerService.class).get().bootstrapServers();
    }

    /** Completes, in one line for the user, once the broker here can't go on; the server is to be closed then. */
    public CompletionStage<String> failure() {
        return container.select(BrokerService.class).get().failure();
    }

    /**
     * Stops as far as that is possible in the time, for one whose disk has failed: what waits for a disk that is gone does
     * not end by itself, and has nothing to save.
     */
    public void abandon(long timeoutMs) throws InterruptedException {
        var closing = new Thread(this::close, "close");
        closing.setDaemon(true);
        closing.start();
        closing.join(timeoutMs);
    }

    /** {@code http://host:port}; empty when no role needs HTTP. */
    public Optional<String> httpAddress() {
        return container.select(HttpService.class).get().address();
    }

    /** The Connect worker, started if it was not yet. */
    public ConnectWorker connectWorker() {
        return container.select(ConnectService.class).get().worker();
    }

    /** Stops what runs, in reverse order. Idempotent. */
    @Override
    public void close() {
        if (!container.isRunning()) {
            return;
        }
        try {
            container.getBeanManager().getEvent().fire(new Stopping());
        } finally {
            container.close();
            ConfigProviderResolver.instance().releaseConfig(settings.source());
        }
    }
}
