package dev.millrace.server.config;

import dev.millrace.server.UserError;
import java.net.URI;

/** Where HTTP is served: the value of {@value ServerConfig#HTTP_LISTENERS}. Port 0 takes any free one. */
public record HttpListener(String host, int port) {

    public static HttpListener parse(String listener) {
        URI uri;
        try {
            // Kafka's way of saying every address has no host, which is no URI.
            uri = URI.create(listener.strip().replace("://:", "://0.0.0.0:"));
        } catch (IllegalArgumentException e) {
            throw malformed(listener, e);
        }
        if (!"http".equals(uri.getScheme()) || uri.getHost() == null || uri.getPort() < 0) {
            throw malformed(listener, null);
        }
        return new HttpListener(uri.getHost(), uri.getPort());
    }

    private static UserError malformed(String listener, @org.jspecify.annotations.Nullable Throwable cause) {
        String message = ServerConfig.HTTP_LISTENERS + ": '" + listener + "' is not of the form http://HOST:PORT";
        return cause == null ? new UserError(message) : new UserError(message, cause);
    }
}
