package dev.millrace.server.assembly;

import dev.millrace.broker.Broker;
import dev.millrace.broker.BrokerConfig;
import dev.millrace.server.UserError;
import dev.millrace.server.config.Role;
import dev.millrace.server.config.ServerConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The broker of this process, when it has that role, and where its clients find a cluster in either case. */
@Singleton
class BrokerService {

    private final ServerConfig settings;
    private @Nullable Broker broker;

    @Inject
    BrokerService(ServerConfig settings) {
        this.settings = settings;
    }

    void start(@Observes @Priority(Starting.BROKER) Starting starting) {
        if (settings.has(Role.BROKER) || settings.has(Role.CONTROLLER)) {
            broker = Broker.start(BrokerConfig.parse(settings.broker()));
        }
    }

    void stop(@Observes @Priority(Stopping.BROKER) Stopping stopping) {
        if (broker != null) {
            broker.close();
        }
    }

    /** Whether the broker here knows the topic. */
    boolean hasTopic(String name) {
        return broker != null && broker.hasTopic(name);
    }

    /** Completes, in one line, once the broker here can't go on; never where there is none. */
    CompletionStage<String> failure() {
        return broker == null ? new CompletableFuture<>() : broker.failure();
    }

    /** Of the broker here, or the one elsewhere that was named. */
    String bootstrapServers() {
        if (broker != null) {
            return broker.bootstrapServers();
        }
        String elsewhere = settings.bootstrapServers();
        if (elsewhere == null) {
            throw new UserError("this process has no broker (" + ServerConfig.PROCESS_ROLES + "): set "
                    + ServerConfig.BOOTSTRAP_SERVERS + " to the cluster that it works on");
        }
        return elsewhere;
    }
}
