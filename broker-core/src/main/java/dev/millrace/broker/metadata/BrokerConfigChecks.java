package dev.millrace.broker.metadata;

import dev.millrace.broker.config.ConfigKey;
import dev.millrace.broker.config.KnownConfigs;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.jspecify.annotations.Nullable;

/** Which settings of brokers can be changed while they run, and to what (KIP-226). Stateless; any thread. */
final class BrokerConfigChecks {

    /** A setting of one listener alone. */
    private static final Pattern OF_LISTENER = Pattern.compile("listener\\.name\\.[^.]+\\.(.*)");

    private static final String CLEANER_THREADS = "log.cleaner.threads";
    private static final String CLEANER_MAP = "log.cleaner.dedupe.buffer.size";
    private static final long CLEANER_MAP_BYTES_MIN = 1 << 20;

    /** Pools that grow and shrink by no more than a factor of two at a time. */
    private static final Set<String> THREADS = Set.of(
            CLEANER_THREADS,
            "num.io.threads",
            "num.network.threads",
            "num.replica.fetchers",
            "num.recovery.threads.per.data.dir",
            "background.threads");

    /** What can be set of a listener for all brokers at once; everything else of a listener is one broker's. */
    private static final Set<String> OF_A_LISTENER_OF_ALL =
            Set.of("max.connections", "max.connection.creation.rate", "num.network.threads");

    private BrokerConfigChecks() {}

    /**
     * Checks what was set or changed. A name that nobody knows is somebody's plugin's: it is kept, as Kafka keeps it. So is
     * everything behind the name of a listener, which may be started with it later.
     *
     * @param ofAll whether it is for all brokers rather than for one
     * @param changed what is set now and was not before, or was set to something else
     * @param brokers what holds on the broker until now
     * @throws InvalidRequestException naming the setting and why it can't be set so
     */
    static void check(boolean ofAll, Map<String, String> changed, BrokerConfigLayers brokers) {
        changed.forEach((name, value) -> check(ofAll, name, value, brokers));
        if (changed.containsKey(CLEANER_THREADS) || changed.containsKey(CLEANER_MAP)) {
            long threads = number(CLEANER_THREADS, changed, brokers);
            long bytes = number(CLEANER_MAP, changed, brokers);
            if (bytes / Math.max(1, threads) < CLEANER_MAP_BYTES_MIN) {
                throw new InvalidRequestException(CLEANER_MAP + "=" + bytes + ": expected " + CLEANER_MAP_BYTES_MIN
                        + " or more for each of " + CLEANER_THREADS + "=" + threads + ".");
            }
        }
    }

    private static long number(String name, Map<String, String> changed, BrokerConfigLayers brokers) {
        ConfigKey key = Objects.requireNonNull(KnownConfigs.broker().get(name));
        String value = changed.get(name);
        return ((Number) key.parse(value == null ? holds(key, brokers) : value)).longValue();
    }

    /** As it is set now, or by default. */
    private static String holds(ConfigKey key, BrokerConfigLayers brokers) {
        for (BrokerConfigLayers.Layer layer : brokers.inOrder()) {
            String set = layer.configs().get(key.name());
            if (set != null) {
                return set;
            }
        }
        return Objects.requireNonNull(key.defaultValue());
    }

    private static void check(boolean ofAll, String name, String value, BrokerConfigLayers brokers) {
        Matcher prefixed = OF_LISTENER.matcher(name);
        boolean ofListener = prefixed.matches();
        String bare = ofListener ? prefixed.group(1) : name;
        ConfigKey key = KnownConfigs.broker().get(bare);
        if (KnownConfigs.replicationRates().containsKey(name)) {
            checkRate(name, value);
        }
        if (!ofListener && key != null && key.update() == ConfigKey.Update.READ_ONLY) {
            throw new InvalidRequestException(name + " can't be changed while the broker runs.");
        }
        if (!ofListener && SslConfigs.RECONFIGURABLE_CONFIGS.contains(name)) {
            throw new InvalidRequestException(
                    name + " is set for each listener by itself: expected listener.name.NAME." + name + ".");
        }
        if (ofAll && (ofListener ? !OF_A_LISTENER_OF_ALL.contains(bare) : isOfOneBroker(key))) {
            throw new InvalidRequestException(
                    name + " is set for each broker by itself: a broker id is needed in the resource's name.");
        }
        if (key == null) {
            return;
        }
        Object parsed;
        try {
            parsed = key.parse(value);
        } catch (ConfigException e) {
            throw new InvalidRequestException(e.getMessage(), e);
        }
        if (THREADS.contains(name)) {
            checkThreads(key, (Integer) parsed, brokers);
        }
    }

    private static boolean isOfOneBroker(@Nullable ConfigKey key) {
        return key != null && key.update() == ConfigKey.Update.PER_BROKER;
    }

    private static void checkRate(String name, String value) {
        boolean sound;
        try {
            sound = Long.parseLong(value.strip()) >= 0;
        } catch (NumberFormatException e) {
            sound = false;
        }
        if (!sound) {
            throw new InvalidRequestException(name + "=" + value + ": expected a number of bytes, 0 or more.");
        }
    }

    private static void checkThreads(ConfigKey key, int wanted, BrokerConfigLayers brokers) {
        int now = (Integer) key.parse(holds(key, brokers));
        if (wanted < Math.max(1, now / 2) || wanted > Math.max(1, now * 2)) {
            throw new InvalidRequestException(
                    key.name() + "=" + wanted + ": expected from half to twice as many as the " + now + " there are.");
        }
    }
}
