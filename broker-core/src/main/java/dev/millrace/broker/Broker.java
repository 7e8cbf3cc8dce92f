package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.api.ApiVersionsHandler;
import dev.millrace.broker.network.NetworkServer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A broker, from its data directories to its ports. What starts first is what the others stand on; it stops in the
 * opposite order. Any thread.
 */
public final class Broker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Broker.class);

    /** What was started, the latest first. */
    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    private final String clusterId;
    private final List<Endpoint> advertised;

    private Broker(BrokerConfig config) {
        try {
            DataDirectories directories = register(new DataDirectories(config.logDirs(), config.nodeId()));
            this.clusterId = directories.clusterId();
            NetworkServer network = register(new NetworkServer(config.network()));
            this.advertised = config.listeners().advertisedFor(network.bind());
            network.start(new ApiTable(handlers(), new NoFeatures()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static List<ApiHandler<?, ?>> handlers() {
        return new ArrayList<>();
    }

    /**
     * Starts a broker and returns once it serves.
     *
     * @throws ConfigException in one line, for the user: a port in use, a data directory in use, and the like
     */
    public static Broker start(BrokerConfig config) {
        config.notices().forEach(LOG::warn);
        return new Broker(config);
    }

    private <T extends AutoCloseable> T register(T part) {
        started.push(part);
        return part;
    }

    /** Where clients reach this broker: {@code host:port}, separated by commas; with the port that was taken for port 0. */
    public String bootstrapServers() {
        return advertised.stream()
                .map(endpoint -> endpoint.host() + ":" + endpoint.port())
                .collect(Collectors.joining(","));
    }

    public String clusterId() {
        return clusterId;
    }

    /** Answers what is under way, writes what is not written, and stops, all within seconds. Idempotent. */
    @Override
    public void close() {
        for (AutoCloseable part = started.poll(); part != null; part = started.poll()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.error(
                        "A part of the broker failed to stop: part={}",
                        part.getClass().getSimpleName(),
                        e);
            }
        }
    }

    /** Until the cluster's metadata says which features it has. */
    private static final class NoFeatures implements ApiVersionsHandler.Features {

        @Override
        public Map<String, SupportedVersionRange> supported() {
            return Map.of();
        }

        @Override
        public Map<String, Short> finalized() {
            return Map.of();
        }

        @Override
        public long epoch() {
            return -1;
        }
    }
}
