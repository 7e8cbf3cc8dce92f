package dev.millrace.broker;

import dev.millrace.broker.api.Loggers;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** The loggers of java.util.logging, which Millrace logs with. Any thread. */
final class JavaLoggers implements Loggers {

    private static final Map<String, Level> LEVELS = Map.of(
            "FATAL", Level.SEVERE,
            "ERROR", Level.SEVERE,
            "WARN", Level.WARNING,
            "INFO", Level.INFO,
            "DEBUG", Level.FINE,
            "TRACE", Level.FINEST);

    /** Held, for a logger that nobody holds is forgotten with its level. */
    private final Map<String, Logger> changed = new ConcurrentHashMap<>();

    @Override
    public Map<String, String> levels() {
        Map<String, String> levels = new TreeMap<>();
        for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
            Logger logger = LogManager.getLogManager().getLogger(name);
            if (logger != null && !name.equals("global")) {
                levels.put(name.isEmpty() ? ROOT : name, nameOf(levelOf(logger)));
            }
        }
        return levels;
    }

    private static Level levelOf(Logger logger) {
        for (Logger at = logger; at != null; at = at.getParent()) {
            if (at.getLevel() != null) {
                return at.getLevel();
            }
        }
        return Level.INFO;
    }

    private static String nameOf(Level level) {
        int value = level.intValue();
        if (value == Level.OFF.intValue()) {
            return "OFF";
        } else if (value >= Level.SEVERE.intValue()) {
            return "ERROR";
        } else if (value >= Level.WARNING.intValue()) {
            return "WARN";
        } else if (value >= Level.INFO.intValue()) {
            return "INFO";
        }
        return value >= Level.FINE.intValue() ? "DEBUG" : "TRACE";
    }

    @Override
    public void set(String name, String level) {
        Logger logger = held(name);
        Level wanted = LEVELS.get(level);
        logger.setLevel(wanted);
        for (Handler handler : Logger.getLogger("").getHandlers()) {
            if (wanted != null && wanted.intValue() < handler.getLevel().intValue()) {
                // What a handler holds back no logger can show.
                handler.setLevel(wanted);
            }
        }
    }

    @Override
    public void reset(String name) {
        held(name).setLevel(null);
    }

    private Logger held(String name) {
        return changed.computeIfAbsent(name, unused -> Logger.getLogger(name.equals(ROOT) ? "" : name));
    }
}
