package dev.millrace.broker;

import dev.millrace.broker.config.Settings;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig.Bounded;
import dev.millrace.broker.coordinator.group.ConsumerGroupConfig.Migration;
import java.util.Locale;
import org.apache.kafka.common.config.ConfigException;

/** The settings {@code group.consumer.*}, which have to make sense together. */
final class ConsumerGroupSettings {

    private static final String PREFIX = "group.consumer.";
    private static final String SESSION = "session.timeout.ms";
    private static final String HEARTBEAT = "heartbeat.interval.ms";

    private ConsumerGroupSettings() {}

    /** @throws ConfigException in one line, for the user */
    static ConsumerGroupConfig of(Settings settings) {
        Bounded session = bounded(settings, SESSION);
        Bounded heartbeat = bounded(settings, HEARTBEAT);
        if (heartbeat.value() >= session.value()) {
            throw new ConfigException(PREFIX + HEARTBEAT + "=" + heartbeat.value() + ": expected less than " + PREFIX
                    + SESSION + "=" + session.value());
        }
        return new ConsumerGroupConfig(
                settings.listOf("group.coordinator.rebalance.protocols").contains("consumer"),
                session,
                heartbeat,
                bounded(settings, "assignment.interval.ms"),
                settings.intOf(PREFIX + "max.size"),
                ConsumerGroupConfig.assignors(settings.listOf(PREFIX + "assignors")),
                Migration.valueOf(settings.textOf(PREFIX + "migration.policy").toUpperCase(Locale.ROOT)));
    }

    private static Bounded bounded(Settings settings, String key) {
        Bounded bounded = new Bounded(
                settings.intOf(PREFIX + key),
                settings.intOf(PREFIX + "min." + key),
                settings.intOf(PREFIX + "max." + key));
        if (bounded.value() < bounded.min() || bounded.value() > bounded.max()) {
            throw new ConfigException(PREFIX + key + "=" + bounded.value() + ": expected " + PREFIX + "min." + key + "="
                    + bounded.min() + " to " + PREFIX + "max." + key + "=" + bounded.max());
        }
        return bounded;
    }
}
