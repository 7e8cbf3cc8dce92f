package dev.millrace.server.assembly;

import dev.millrace.connect.rest.ConnectResources;
import dev.millrace.server.config.HttpListener;
import dev.millrace.server.config.Role;
import dev.millrace.server.config.ServerConfig;
import dev.millrace.server.http.HttpServer;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** HTTP of this process, when it has a role that is reached that way. */
@Singleton
class HttpService {

    private final ServerConfig settings;
    private final ConnectService connect;
    private final String listeners;
    private @Nullable HttpServer http;

    @Inject
    HttpService(
            ServerConfig settings,
            ConnectService connect,
            @ConfigProperty(name = ServerConfig.HTTP_LISTENERS) String listeners) {
        this.settings = settings;
        this.connect = connect;
        this.listeners = listeners;
    }

    void bind(@Observes @Priority(Starting.HTTP_BINDS) Starting starting) {
        if (settings.has(Role.CONNECT) || settings.has(Role.CONSOLE)) {
            http = HttpServer.bind(HttpListener.parse(listeners));
        }
    }

    void serve(@Observes @Priority(Starting.HTTP_SERVES) Starting starting) {
        if (http == null) {
            return;
        }
        Set<Object> resources = new HashSet<>();
        if (connect.isHere()) {
            resources.addAll(ConnectResources.of(connect.unstarted()));
            resources.add(new StartOnFirstRequest(connect));
        }
        http.serve(resources);
    }

    Optional<String> address() {
        return Optional.ofNullable(http).map(HttpServer::address);
    }

    void stop(@Observes @Priority(Stopping.HTTP) Stopping stopping) {
        if (http != null) {
            http.close();
        }
    }
}
