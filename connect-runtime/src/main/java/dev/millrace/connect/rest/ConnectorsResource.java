package dev.millrace.connect.rest;

import dev.millrace.connect.worker.ConnectWorker;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Set;

/** {@code /connectors}. */
@Path("/connectors")
@Produces(MediaType.APPLICATION_JSON)
public final class ConnectorsResource {

    private final ConnectWorker worker;

    ConnectorsResource(ConnectWorker worker) {
        this.worker = worker;
    }

    @GET
    public Set<String> list() {
        return worker.connectors();
    }
}
