package dev.millrace.connect.rest;

import dev.millrace.connect.plan.TargetState;
import dev.millrace.connect.plan.TaskId;
import dev.millrace.connect.worker.ConnectWorker;
import dev.millrace.connect.worker.RequestRefused;
import dev.millrace.connect.worker.answer.ConnectorInfo;
import dev.millrace.connect.worker.answer.ConnectorOffsets;
import dev.millrace.connect.worker.answer.ConnectorStatus;
import dev.millrace.connect.worker.answer.TaskInfo;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code /connectors}. Where a request changes what runs, the answer tells that the wish is kept, not that it is fulfilled. */
@Path("/connectors")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class ConnectorsResource {

    private final ConnectWorker worker;

    ConnectorsResource(ConnectWorker worker) {
        this.worker = worker;
    }

    /** @param expand {@code status}, {@code info} or both, for a map instead of a list of names */
    @GET
    public Object list(@QueryParam("expand") List<String> expand) {
        if (expand.isEmpty()) {
            return worker.connectors();
        }
        Map<String, Map<String, Object>> expanded = new LinkedHashMap<>();
        for (String connector : worker.connectors()) {
            try {
                expanded.put(connector, expand(connector, expand));
            } catch (RequestRefused e) {
                if (e.status() != Response.Status.NOT_FOUND.getStatusCode()) {
                    throw e;
                }
                // It has been deleted meanwhile.
            }
        }
        return expanded;
    }

    private Map<String, Object> expand(String connector, List<String> expand) {
        Map<String, Object> parts = new LinkedHashMap<>();
        if (expand.contains("info")) {
            parts.put("info", worker.connector(connector));
        }
        if (expand.contains("status")) {
            parts.put("status", worker.status(connector));
        }
        return parts;
    }

    @POST
    public Response create(@Nullable CreateRequest request) {
        if (request == null || request.config() == null) {
            throw RequestRefused.badRequest("The body must be {\"name\": text, \"config\": {…}}");
        }
        String name = request.name() == null ? "" : request.name().trim();
        ConnectorInfo created = worker.create(name, request.config(), request.target());
        return Response.created(location(name)).entity(created).build();
    }

    private static URI location(String name) {
        return UriBuilder.fromUri("/connectors").path(name).build();
    }

    @GET
    @Path("/{connector}")
    public ConnectorInfo get(@PathParam("connector") String connector) {
        return worker.connector(connector);
    }

    @DELETE
    @Path("/{connector}")
    public void delete(@PathParam("connector") String connector) {
        worker.delete(connector);
    }

    @GET
    @Path("/{connector}/config")
    public Map<String, String> config(@PathParam("connector") String connector) {
        return worker.config(connector);
    }

    @PUT
    @Path("/{connector}/config")
    public Response put(@PathParam("connector") String connector, @Nullable Map<String, String> config) {
        ConnectWorker.Put put = worker.put(connector, required(config));
        return (put.created() ? Response.created(location(connector)) : Response.ok())
                .entity(put.connector())
                .build();
    }

    @PATCH
    @Path("/{connector}/config")
    public ConnectorInfo patch(
            @PathParam("connector") String connector, @Nullable Map<String, @Nullable String> changes) {
        if (changes == null) {
            throw RequestRefused.badRequest("The body must be a JSON object of settings; null removes one");
        }
        return worker.patch(connector, changes);
    }

    private static Map<String, String> required(@Nullable Map<String, String> config) {
        if (config == null) {
            throw RequestRefused.badRequest("The body must be a JSON object of settings");
        }
        return config;
    }

    @GET
    @Path("/{connector}/status")
    public ConnectorStatus status(@PathParam("connector") String connector) {
        return worker.status(connector);
    }

    @GET
    @Path("/{connector}/tasks")
    public List<TaskInfo> tasks(@PathParam("connector") String connector) {
        return worker.tasks(connector);
    }

    @GET
    @Path("/{connector}/tasks/{task}/status")
    public ConnectorStatus.Task taskStatus(@PathParam("connector") String connector, @PathParam("task") int task) {
        return worker.status(new TaskId(connector, task));
    }

    @POST
    @Path("/{connector}/restart")
    public Response restart(
            @PathParam("connector") String connector,
            @QueryParam("includeTasks") @DefaultValue("false") boolean includeTasks,
            @QueryParam("onlyFailed") @DefaultValue("false") boolean onlyFailed) {
        ConnectorStatus status = worker.restart(connector, includeTasks, onlyFailed);
        return includeTasks || onlyFailed
                ? Response.accepted(status).build()
                : Response.noContent().build();
    }

    @POST
    @Path("/{connector}/tasks/{task}/restart")
    public void restartTask(@PathParam("connector") String connector, @PathParam("task") int task) {
        worker.restart(new TaskId(connector, task));
    }

    @PUT
    @Path("/{connector}/pause")
    public Response pause(@PathParam("connector") String connector) {
        worker.setTargetState(connector, TargetState.PAUSED);
        return Response.accepted().build();
    }

    @PUT
    @Path("/{connector}/resume")
    public Response resume(@PathParam("connector") String connector) {
        worker.setTargetState(connector, TargetState.RUNNING);
        return Response.accepted().build();
    }

    @PUT
    @Path("/{connector}/stop")
    public void stop(@PathParam("connector") String connector) {
        worker.setTargetState(connector, TargetState.STOPPED);
    }

    @GET
    @Path("/{connector}/offsets")
    public ConnectorOffsets offsets(@PathParam("connector") String connector) {
        return worker.offsets(connector);
    }

    /** A line on what was done. */
    public record Message(String message) {}

    @PATCH
    @Path("/{connector}/offsets")
    public Message alterOffsets(@PathParam("connector") String connector, @Nullable ConnectorOffsets offsets) {
        return new Message(worker.alterOffsets(connector, offsets == null ? new ConnectorOffsets(List.of()) : offsets));
    }

    @DELETE
    @Path("/{connector}/offsets")
    public Message resetOffsets(@PathParam("connector") String connector) {
        return new Message(worker.resetOffsets(connector));
    }

    /** The topics that a connector uses. */
    public record Topics(Set<String> topics) {}

    @GET
    @Path("/{connector}/topics")
    public Map<String, Topics> topics(@PathParam("connector") String connector) {
        return Map.of(connector, new Topics(worker.topics(connector)));
    }

    @PUT
    @Path("/{connector}/topics/reset")
    public Response resetTopics(@PathParam("connector") String connector) {
        worker.resetTopics(connector);
        return Response.accepted().build();
    }
}
