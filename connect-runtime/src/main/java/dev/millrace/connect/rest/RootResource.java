package dev.millrace.connect.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.answer.WorkerHealth;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.apache.kafka.common.utils.AppInfoParser;

/** {@code /} and {@code /health}. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class RootResource {

    private final ConnectWorker worker;

    RootResource(ConnectWorker worker) {
        this.worker = worker;
    }

    /** @param version of the Connect API that plugins are given: that is what those who ask want to know */
    public record Server(
            String version,
            String commit,
            @JsonProperty("kafka_cluster_id") String clusterId) {}

    @GET
    public Server server() {
        return new Server(AppInfoParser.getVersion(), AppInfoParser.getCommitId(), worker.clusterId());
    }

    @GET
    @Path("/health")
    public Response health() {
        WorkerHealth health = worker.health();
        int status =
                switch (health.status()) {
                    case healthy -> 200;
                    case starting -> 503;
                    case unhealthy -> 500;
                };
        return Response.status(status).entity(health).build();
    }
}
