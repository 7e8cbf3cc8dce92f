package dev.millrace.connect.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import dev.millrace.connect.plugin.PluginNotFoundException;
import dev.millrace.connect.worker.RequestRefused;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns errors into the bodies that clients of Kafka Connect expect. */
@Provider
public final class ErrorMapper implements ExceptionMapper<Exception> {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);

    /** The body of every error. */
    public record Body(
            @JsonProperty("error_code") int errorCode,
            @Nullable String message) {}

    @Override
    public Response toResponse(Exception error) {
        int status = status(error);
        boolean explained = error instanceof RequestRefused && error.getCause() == null;
        if (status >= Response.Status.INTERNAL_SERVER_ERROR.getStatusCode() && !explained) {
            LOG.error("Request failed", error);
        }
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Body(status, message(error)))
                .build();
    }

    private static int status(Exception error) {
        if (error instanceof RequestRefused refused) {
            return refused.status();
        }
        if (error instanceof WebApplicationException web) {
            return web.getResponse().getStatus();
        }
        boolean ofTheCaller = error instanceof JsonProcessingException || error instanceof PluginNotFoundException;
        return ofTheCaller
                ? Response.Status.BAD_REQUEST.getStatusCode()
                : Response.Status.INTERNAL_SERVER_ERROR.getStatusCode();
    }

    private static @Nullable String message(Exception error) {
        return error instanceof JsonProcessingException json
                ? "The body is no JSON of the expected form: " + json.getOriginalMessage()
                : error.getMessage();
    }
}
