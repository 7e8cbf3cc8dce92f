package dev.millrace.connect.task;

import java.util.Locale;
import java.util.Map;

/**
 * What a connector's config says about errors (KIP-298).
 *
 * @param retryTimeoutMs for how long a failed operation is retried; 0 is never, -1 is without end
 * @param retryDelayMsMax the longest wait between two tries
 * @param tolerateAll whether records that cannot be processed are given up instead of failing the task
 */
public record ErrorPolicy(
        long retryTimeoutMs, long retryDelayMsMax, boolean tolerateAll, boolean logErrors, boolean logMessages) {

    /** @param config validated before */
    public static ErrorPolicy of(Map<String, String> config) {
        return new ErrorPolicy(
                Long.parseLong(config.getOrDefault("errors.retry.timeout", "0").trim()),
                Long.parseLong(config.getOrDefault("errors.retry.delay.max.ms", "60000")
                        .trim()),
                config.getOrDefault("errors.tolerance", "none")
                        .trim()
                        .toLowerCase(Locale.ROOT)
                        .equals("all"),
                Boolean.parseBoolean(
                        config.getOrDefault("errors.log.enable", "false").trim()),
                Boolean.parseBoolean(config.getOrDefault("errors.log.include.messages", "false")
                        .trim()));
    }
}
