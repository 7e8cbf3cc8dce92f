package dev.millrace.streams;

import java.util.Map;

/**
 * What a job is told from outside.
 *
 * @param name the job's name, which is the application's id unless the settings of the application say otherwise
 * @param settings the job's own settings, as written in the pipeline file
 */
public record JobContext(String name, Map<String, String> settings) {

    public JobContext {
        settings = Map.copyOf(settings);
    }

    public String setting(String key, String otherwise) {
        return settings.getOrDefault(key, otherwise);
    }

    /** @throws IllegalArgumentException if the setting is not a whole number */
    public long setting(String key, long otherwise) {
        String value = settings.get(key);
        if (value == null) {
            return otherwise;
        }
        try {
            return Long.parseLong(value.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "Setting '" + key + "' of job '" + name + "' must be a whole number, not '" + value + "'.", e);
        }
    }
}
