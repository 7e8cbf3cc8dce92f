package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.coordinator.group.assignor.Assignor;
import dev.millrace.broker.coordinator.group.assignor.RangeAssignor;
import dev.millrace.broker.coordinator.group.assignor.UniformAssignor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can set about groups of the consumer protocol, under Kafka's names.
 *
 * @param enabled whether {@code group.coordinator.rebalance.protocols} has {@code consumer}
 * @param sessionTimeoutMs {@code group.consumer.session.timeout.ms}
 * @param heartbeatIntervalMs {@code group.consumer.heartbeat.interval.ms}
 * @param assignmentIntervalMs {@code group.consumer.assignment.interval.ms}: targets are not computed more often (KIP-1263)
 * @param maxSize {@code group.consumer.max.size}: members
 * @param assignors {@code group.consumer.assignors}; the first is the one for members that leave the choice
 * @param migration {@code group.consumer.migration.policy}
 */
public record ConsumerGroupConfig(
        boolean enabled,
        Bounded sessionTimeoutMs,
        Bounded heartbeatIntervalMs,
        Bounded assignmentIntervalMs,
        int maxSize,
        List<Assignor> assignors,
        Migration migration) {

    /** Kafka's own defaults. */
    public static final ConsumerGroupConfig DEFAULT = new ConsumerGroupConfig(
            true,
            new Bounded(45_000, 45_000, 60_000),
            new Bounded(5_000, 5_000, 15_000),
            new Bounded(1_000, 0, 15_000),
            Integer.MAX_VALUE,
            List.of(new UniformAssignor(), new RangeAssignor()),
            Migration.BIDIRECTIONAL);

    private static final Map<String, Assignor> BUILT_IN =
            Map.of(UniformAssignor.NAME, new UniformAssignor(), RangeAssignor.NAME, new RangeAssignor());

    /** A setting, and within which bounds ({@code group.consumer.min...} and {@code max}) a group may have another. */
    public record Bounded(int value, int min, int max) {

        /** As it is for a group that has set it, or not: null. */
        int of(@Nullable String override) {
            return override == null ? value : Math.min(max, Math.max(min, Integer.parseInt(override)));
        }
    }

    /** Which groups change protocol while they have members, when clients of the other one come or stay. */
    public enum Migration {
        DISABLED,
        UPGRADE,
        DOWNGRADE,
        BIDIRECTIONAL;

        public boolean upgrades() {
            return this == UPGRADE || this == BIDIRECTIONAL;
        }

        public boolean downgrades() {
            return this == DOWNGRADE || this == BIDIRECTIONAL;
        }
    }

    /**
     * Assignors by name.
     *
     * @throws ConfigException when one is not known, or none is named
     */
    public static List<Assignor> assignors(List<String> names) {
        List<Assignor> assignors = new ArrayList<>();
        for (String name : names) {
            Assignor assignor = BUILT_IN.get(name);
            if (assignor == null) {
                throw new ConfigException("group.consumer.assignors=" + String.join(",", names) + ": expected some of "
                        + UniformAssignor.NAME + " and " + RangeAssignor.NAME + "; others can't be plugged in");
            }
            assignors.add(assignor);
        }
        if (assignors.isEmpty()) {
            throw new ConfigException("group.consumer.assignors=: expected an assignor");
        }
        return List.copyOf(assignors);
    }

    /** Null if there is none of the name. */
    public @Nullable Assignor assignor(@Nullable String name) {
        return assignors.stream()
                .filter(assignor -> assignor.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    public int sessionTimeoutMs(Map<String, String> groupConfigs) {
        return sessionTimeoutMs.of(groupConfigs.get("consumer.session.timeout.ms"));
    }

    public int heartbeatIntervalMs(Map<String, String> groupConfigs) {
        return heartbeatIntervalMs.of(groupConfigs.get("consumer.heartbeat.interval.ms"));
    }

    public int assignmentIntervalMs(Map<String, String> groupConfigs) {
        return assignmentIntervalMs.of(groupConfigs.get("consumer.assignment.interval.ms"));
    }
}
