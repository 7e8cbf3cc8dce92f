package dev.millrace.server.http;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes what answers the requests when the first of them comes. A node that nobody asks over HTTP then neither waits for it at
 * its start nor keeps it in memory.
 */
final class DeployOnFirstRequest implements HttpHandler {

    private final Supplier<HttpHandler> deployment;
    private volatile @Nullable HttpHandler deployed;

    DeployOnFirstRequest(Supplier<HttpHandler> deployment) {
        this.deployment = deployment;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HttpHandler handler = deployed;
        if (handler != null) {
            handler.handleRequest(exchange);
        } else if (exchange.isInIoThread()) {
            exchange.dispatch(this); // deploying takes too long for the thread that serves the connections
        } else {
            deploy().handleRequest(exchange);
        }
    }

    private synchronized HttpHandler deploy() {
        HttpHandler handler = deployed;
        if (handler == null) {
            handler = deployment.get();
            deployed = handler;
        }
        return handler;
    }
}
