package dev.millrace.connect.rest;

import dev.millrace.connect.worker.ConnectWorker;
import java.util.LinkedHashSet;
import java.util.Set;

/** Everything that a JAX-RS server must register, as singletons, to answer as Kafka Connect does. */
public final class ConnectResources {

    private ConnectResources() {}

    /**
     * Resources at the paths {@code /}, {@code /health}, {@code /connectors}, {@code /connector-plugins} and {@code
     * /admin/loggers}, and the mapper of errors. The worker need not have started: until it has, requests are answered with
     * status 503.
     */
    public static Set<Object> of(ConnectWorker worker) {
        Set<Object> resources = new LinkedHashSet<>();
        resources.add(new RootResource(worker));
        resources.add(new ConnectorsResource(worker));
        resources.add(new ConnectorPluginsResource(worker));
        resources.add(new LoggersResource());
        resources.add(new ErrorMapper());
        return resources;
    }
}
