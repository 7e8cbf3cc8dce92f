package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.transaction.TransactionApis;
import dev.millrace.broker.api.transaction.TransactionView;
import dev.millrace.broker.coordinator.HostedTopic;
import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.transaction.LocalParticipation;
import dev.millrace.broker.coordinator.transaction.MarkerWriter;
import dev.millrace.broker.coordinator.transaction.Markers;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.coordinator.transaction.ProducerIds;
import dev.millrace.broker.coordinator.transaction.TransactionCodec;
import dev.millrace.broker.coordinator.transaction.TransactionCommand;
import dev.millrace.broker.coordinator.transaction.TransactionConfig;
import dev.millrace.broker.coordinator.transaction.TransactionEvent;
import dev.millrace.broker.coordinator.transaction.TransactionShard;
import dev.millrace.broker.coordinator.transaction.TransactionWork;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.metadata.AllocateProducerIds;
import dev.millrace.broker.metadata.ClusterFeatures;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.partition.Partitions;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.IntSupplier;
import org.apache.kafka.common.internals.Topic;

/** The coordinator of transactions, as it hangs together with the rest of the broker. */
final class TransactionCoordination {

    private static final String TOPIC = Topic.TRANSACTION_STATE_TOPIC_NAME;

    private final ShardHost<TransactionCommand, TransactionEvent> host;
    private final ClusterMetadata metadata;
    private final ProducerIds producerIds;
    private final Markers markers;
    private final InternalTopics topics;

    /**
     * @param metadataLoop owns what the broker has left of its block of producer ids
     * @param diskPool where logs are read
     */
    TransactionCoordination(
            BrokerConfig broker,
            ClusterMetadata metadata,
            Loop metadataLoop,
            Partitions partitions,
            InternalTopics topics,
            Executor diskPool) {
        TransactionConfig config = broker.transactionConfig();
        this.metadata = metadata;
        this.topics = topics;
        this.producerIds = new ProducerIds(
                metadataLoop, ticket -> metadata.submit(new AllocateProducerIds(broker.nodeId(), ticket)));
        this.markers = new MarkerWriter(metadata::image, partitions);
        IntSupplier transactionVersion = () -> metadata.image().featureLevel(ClusterFeatures.TRANSACTION_VERSION);
        this.host = new ShardHost<>(
                TOPIC,
                // Without the topic nothing is hosted that could be counted out.
                () -> topics.partitionCount(TOPIC).orElse(1),
                (partition, leaderEpoch) -> new TransactionShard(leaderEpoch, config, transactionVersion),
                new TransactionCodec(transactionVersion),
                new TransactionWork(markers, producerIds),
                diskPool);
    }

    /** Has the coordinator follow its own topic. Before the partitions start. */
    void follow(Partitions partitions) {
        partitions.listen(TOPIC, new HostedTopic(host));
    }

    /** For partitions that producers of transactions write to. */
    Participation participation() {
        return new LocalParticipation(host);
    }

    List<ApiHandler<?, ?>> handlers() {
        return TransactionApis.handlers(new TransactionView(host, producerIds, markers, metadata::image, topics));
    }
}
