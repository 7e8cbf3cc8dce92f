package dev.millrace.server.http;

import dev.millrace.server.UserError;
import dev.millrace.server.config.HttpListener;
import dev.millrace.server.config.ServerConfig;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.ServletException;
import jakarta.ws.rs.Path;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jboss.resteasy.core.ResteasyDeploymentImpl;
import org.jboss.resteasy.plugins.server.servlet.HttpServlet30Dispatcher;
import org.jboss.resteasy.plugins.server.servlet.ResteasyContextParameters;
import org.jboss.resteasy.spi.ResteasyDeployment;

/**
 * One HTTP listener with its JAX-RS resources. {@link #bind} takes the address, {@link #serve} says what is behind it: requests
 * that come in between wait. Thread-safe.
 */
public final class HttpServer implements AutoCloseable {

    private static final int IO_THREADS = 1;
    private static final int WORKER_THREADS_MAX = 8;

    private final Undertow undertow;
    private final String host;
    private final CompletableFuture<Set<Object>> resources;

    private HttpServer(Undertow undertow, String host, CompletableFuture<Set<Object>> resources) {
        this.undertow = undertow;
        this.host = host;
        this.resources = resources;
    }

    /**
     * Takes the address.
     *
     * @throws UserError when it is in use
     */
    public static HttpServer bind(HttpListener listener) {
        CompletableFuture<Set<Object>> resources = new CompletableFuture<>();
        Undertow undertow = Undertow.builder()
                .addHttpListener(listener.port(), listener.host())
                .setIoThreads(IO_THREADS)
                .setWorkerThreads(WORKER_THREADS_MAX)
                .setHandler(new DeployOnFirstRequest(() -> deploy(resources.join())))
                .build();
        try {
            undertow.start();
        } catch (RuntimeException e) {
            if (e.getCause() instanceof BindException) {
                throw new UserError(
                        listener.host() + ":" + listener.port() + " is in use: stop what listens there, or set "
                                + ServerConfig.HTTP_LISTENERS + " to another address",
                        e);
            }
            throw e;
        }
        return new HttpServer(undertow, listener.host(), resources);
    }

    /**
     * Answers requests from now on.
     *
     * @param served instances of JAX-RS resource and provider classes
     */
    public void serve(Set<Object> served) {
        resources.complete(served);
    }

    private static HttpHandler deploy(Set<Object> resources) {
        ResteasyDeployment deployment = new ResteasyDeploymentImpl();
        List<Object> served = resources.stream()
                .filter(resource -> resource.getClass().isAnnotationPresent(Path.class))
                .toList();
        deployment.setResources(served);
        deployment.setProviders(resources.stream()
                .filter(resource -> !served.contains(resource))
                .toList());
        DeploymentInfo info = Servlets.deployment()
                .setClassLoader(HttpServer.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("millrace")
                .addServletContextAttribute(ResteasyDeployment.class.getName(), deployment)
                .addServlet(Servlets.servlet("rest", HttpServlet30Dispatcher.class)
                        .setAsyncSupported(true)
                        .setLoadOnStartup(1)
                        .addInitParam(ResteasyContextParameters.RESTEASY_SERVLET_MAPPING_PREFIX, "/")
                        .addMapping("/*"));
        DeploymentManager manager = Servlets.newContainer().addDeployment(info);
        manager.deploy();
        try {
            return manager.start();
        } catch (ServletException e) {
            throw new IllegalStateException("The REST resources could not be deployed", e);
        }
    }

    /** {@code http://host:port}, with the port that was really bound. */
    public String address() {
        var bound = (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return "http://" + host + ":" + bound.getPort();
    }

    @Override
    public void close() {
        resources.cancel(false); // whoever still waits
        undertow.stop();
    }
}
