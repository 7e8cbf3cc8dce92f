package dev.millrace.broker.api;

import java.util.Map;
import java.util.TreeMap;

/** Loggers that log nothing, and remember their levels. */
public final class HeldLoggers implements Loggers {

    private final Map<String, String> levels = new TreeMap<>(Map.of(ROOT, "INFO", "dev.millrace", "INFO"));

    @Override
    public Map<String, String> levels() {
        return new TreeMap<>(levels);
    }

    @Override
    public void set(String logger, String level) {
        levels.put(logger, level);
    }

    @Override
    public void reset(String logger) {
        levels.put(logger, levels.get(ROOT));
    }
}
