package dev.millrace.broker.api;

import java.util.List;
import java.util.Map;

/** The loggers of this process, as a port. Any thread. */
public interface Loggers {

    /** The one that all others follow unless they have a level of their own. */
    String ROOT = "root";

    /** Levels by Kafka's names. Like a Kafka broker, ours lets nobody switch a logger off. */
    List<String> LEVELS = List.of("FATAL", "ERROR", "WARN", "INFO", "DEBUG", "TRACE");

    /** Every logger there is, and the level that holds for it. */
    Map<String, String> levels();

    /**
     * Sets the level of a logger.
     *
     * @param level one of {@link #LEVELS}
     */
    void set(String logger, String level);

    /** Lets a logger, which is not the root, follow the one above it. */
    void reset(String logger);
}
