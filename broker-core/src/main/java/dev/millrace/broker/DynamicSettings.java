package dev.millrace.broker;

import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ImageChange;
import dev.millrace.broker.metadata.ImageSubscriber;
import dev.millrace.broker.network.NetworkServer;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.thread.DiskPool;
import org.apache.kafka.common.config.ConfigException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has settings that are changed while the broker runs take effect (KIP-226), as far as partitions and coordinators do not look
 * them up themselves. On the metadata loop.
 */
final class DynamicSettings implements ImageSubscriber {

    private static final Logger LOG = LoggerFactory.getLogger(DynamicSettings.class);

    private final BrokerConfig config;
    private final NetworkServer network;
    private final ClientQuotas quotas;
    private final Partitions partitions;
    private final DiskPool diskPool;

    DynamicSettings(
            BrokerConfig config, NetworkServer network, ClientQuotas quotas, Partitions partitions, DiskPool diskPool) {
        this.config = config;
        this.network = network;
        this.quotas = quotas;
        this.partitions = partitions;
        this.diskPool = diskPool;
    }

    @Override
    public void onImage(ImageChange change, Runnable ready) {
        ClusterImage image = change.after();
        quotas.set(image.clients().quotas());
        if (change.brokerConfigsChanged()) {
            config.limitConnections(image, network);
            partitions.moves().limit(config.moveBytesPerSecond(image));
            diskPool.resize(config.diskThreads(image));
            try {
                partitions.clean(config.cleaner(image));
            } catch (ConfigException e) {
                // Each may be sound for itself, one for all brokers and one for this.
                LOG.warn("settings of the cleaner stay as they were error={}", e.getMessage());
            }
        }
        ready.run();
    }
}
