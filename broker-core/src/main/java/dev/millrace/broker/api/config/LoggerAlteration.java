package dev.millrace.broker.api.config;

import dev.millrace.broker.api.Loggers;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.metadata.AlterConfigs;
import java.util.Map;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/** Changes the levels of this broker's loggers (KIP-412). They hold until the broker ends: nothing is written down. */
final class LoggerAlteration {

    private final NodeView node;

    LoggerAlteration(NodeView node) {
        this.node = node;
    }

    /**
     * All of it or nothing.
     *
     * @throws InvalidRequestException for another broker, or for what can't be done to a level
     * @throws InvalidConfigurationException for a logger or a level that is not there
     */
    void apply(AlterConfigs.Alteration alteration, boolean validateOnly) {
        node.requireThisBroker(alteration.resource().name());
        Map<String, String> levels = node.loggers().levels();
        alteration.changes().forEach(change -> check(change, levels));
        if (!validateOnly) {
            alteration.changes().forEach(this::apply);
        }
    }

    private static void check(AlterConfigs.Change change, Map<String, String> levels) {
        if (change.operation() != AlterConfigs.Operation.SET && change.operation() != AlterConfigs.Operation.DELETE) {
            throw new InvalidRequestException(
                    "The level of " + change.key() + " is no list: it can't " + change.operation() + ".");
        }
        if (change.operation() == AlterConfigs.Operation.SET && change.value() == null) {
            throw new InvalidRequestException("There is no level to set " + change.key() + " to.");
        }
        if (!levels.containsKey(change.key())) {
            throw new InvalidConfigurationException("There is no logger " + change.key() + ".");
        }
        if (change.operation() == AlterConfigs.Operation.DELETE && change.key().equals(Loggers.ROOT)) {
            throw new InvalidRequestException("The root has nothing above it to follow: it needs a level.");
        }
        if (change.operation() == AlterConfigs.Operation.SET && !Loggers.LEVELS.contains(change.value())) {
            throw new InvalidConfigurationException(
                    change.key() + "=" + change.value() + ": expected one of " + Loggers.LEVELS);
        }
    }

    private void apply(AlterConfigs.Change change) {
        if (change.value() == null || change.operation() == AlterConfigs.Operation.DELETE) {
            node.loggers().reset(change.key());
        } else {
            node.loggers().set(change.key(), change.value());
        }
    }
}
