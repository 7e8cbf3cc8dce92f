package dev.millrace.connect.rest;

import dev.millrace.connect.worker.ConnectWorker;
import java.util.Set;

/** Everything that a JAX-RS server must register, as singletons, to answer as Kafka Connect does. */
public final class ConnectResources {

    private ConnectResources() {}

    /** Resources at the paths {@code /}, {@code /connectors}, {@code /connector-plugins}, {@code /admin/loggers}, and the error mapper. */
    public static Set<Object> of(ConnectWorker worker) {
        return Set.of(new ConnectorsResource(worker));
    }
}
