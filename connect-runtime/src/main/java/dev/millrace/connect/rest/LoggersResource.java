package dev.millrace.connect.rest;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.connect.worker.RequestRefused;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** {@code /admin/loggers} (KIP-495): shows and sets the levels of this process's loggers, which are java.util.logging's. */
@Path("/admin/loggers")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
public final class LoggersResource {

    private static final String ROOT = "root";

    private static final Map<String, Level> LEVELS = Map.of(
            "TRACE", Level.FINEST,
            "DEBUG", Level.FINE,
            "INFO", Level.INFO,
            "WARN", Level.WARNING,
            "ERROR", Level.SEVERE,
            "FATAL", Level.SEVERE,
            "OFF", Level.OFF);

    /** Loggers are weakly held: what was set would be forgotten with them. Guarded by itself. */
    private final Map<String, Logger> held = new ConcurrentHashMap<>();

    private final Map<String, Long> modified = new ConcurrentHashMap<>();

    /** @param lastModified milliseconds since the epoch; null for a level that was not set here */
    public record LoggerLevel(
            @Nullable String level,
            @JsonProperty("last_modified") @Nullable Long lastModified) {}

    @GET
    public SortedMap<String, LoggerLevel> list() {
        SortedMap<String, LoggerLevel> loggers = new TreeMap<>();
        for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
            Logger logger = LogManager.getLogManager().getLogger(name);
            if (logger != null && logger.getLevel() != null) {
                loggers.put(name.isEmpty() ? ROOT : name, level(name, logger));
            }
        }
        return loggers;
    }

    @GET
    @Path("/{logger}")
    public LoggerLevel get(@PathParam("logger") String name) {
        String own = name.equals(ROOT) ? "" : name;
        Logger logger = LogManager.getLogManager().getLogger(own);
        if (logger == null) {
            throw RequestRefused.notFound("Logger " + name + " not found.");
        }
        return level(own, logger);
    }

    private LoggerLevel level(String name, Logger logger) {
        Logger effective = logger;
        while (effective.getLevel() == null && effective.getParent() != null) {
            effective = effective.getParent();
        }
        return new LoggerLevel(name(effective.getLevel()), modified.get(name));
    }

    private static @Nullable String name(@Nullable Level level) {
        if (level == null) {
            return null;
        }
        if (level.equals(Level.OFF)) {
            return "OFF";
        }
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (value >= Level.WARNING.intValue()) {
            return "WARN";
        }
        if (value >= Level.INFO.intValue()) {
            return "INFO";
        }
        return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    /** @return the loggers that the level now holds for */
    @PUT
    @Path("/{logger}")
    public List<String> set(@PathParam("logger") String name, @Nullable Map<String, String> body) {
        String wanted = body == null ? null : body.get("level");
        if (wanted == null) {
            throw RequestRefused.badRequest("Desired 'level' parameter was not specified in request.");
        }
        Level level = LEVELS.get(wanted.toUpperCase(Locale.ROOT));
        if (level == null) {
            throw RequestRefused.notFound("invalid log level '" + wanted + "'.");
        }
        String own = name.equals(ROOT) ? "" : name;
        Logger logger = Logger.getLogger(own);
        held.put(own, logger);
        logger.setLevel(level);
        modified.put(own, System.currentTimeMillis());
        return Collections.list(LogManager.getLogManager().getLoggerNames()).stream()
                .filter(candidate -> own.isEmpty() || candidate.equals(own) || candidate.startsWith(own + "."))
                .map(candidate -> candidate.isEmpty() ? ROOT : candidate)
                .sorted()
                .toList();
    }
}
