package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.HeldLoggers;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.api.WiredRequest;
import dev.millrace.broker.api.record.RecordApis;
import dev.millrace.broker.coordinator.CoordinatorTopics;
import dev.millrace.broker.coordinator.HostedTopic;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.transaction.LocalParticipation;
import dev.millrace.broker.coordinator.transaction.MarkerWriter;
import dev.millrace.broker.coordinator.transaction.ProducerIds;
import dev.millrace.broker.coordinator.transaction.TransactionCodec;
import dev.millrace.broker.coordinator.transaction.TransactionCommand;
import dev.millrace.broker.coordinator.transaction.TransactionConfig;
import dev.millrace.broker.coordinator.transaction.TransactionEvent;
import dev.millrace.broker.coordinator.transaction.TransactionShard;
import dev.millrace.broker.coordinator.transaction.TransactionWork;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.AllocateProducerIds;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterFeatures;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.RegisterBroker;
import dev.millrace.broker.metadata.UpdateFeatures;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.PartitionSettings;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.simulation.CommittedRecords;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.ManualMetadataLog;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractRequest;

/** All of a broker that has to do with transactions, on one loop, in virtual time, over a disk in memory. */
final class TransactionalBroker {

    private static final String STATE = "__transaction_state";
    static final String TOPIC = "orders";

    final ManualLoop loop = new ManualLoop(1_700_000_000_000L);
    private final ManualMetadataLog log = new ManualMetadataLog();
    private final ClusterMetadata metadata;
    private final Partitions partitions;
    private final List<ApiHandler<?, ?>> handlers;
    private final Uuid topicId;
    private final int partitionCount;
    private long incarnations;
    private long ids;

    TransactionalBroker(long seed, int partitionCount) {
        this.partitionCount = partitionCount;
        metadata = new ClusterMetadata(
                loop,
                log,
                new Controller(
                        ClusterImage.empty("simulated"), ControllerSettings.DEFAULT, () -> new Uuid(seed, ++ids)));
        partitions = new Partitions(PartitionSettings.defaults(1), List.of(new NastyDisk(seed)), List.of(loop), loop);
        CoordinatorTopics topics = new CoordinatorTopics(metadata, List.of(), (topic, partition) -> false);
        MarkerWriter markers = new MarkerWriter(metadata::image, partitions);
        ProducerIds producerIds = new ProducerIds(loop, ticket -> metadata.submit(new AllocateProducerIds(1, ticket)));
        ShardHost<TransactionCommand, TransactionEvent> host = new ShardHost<>(
                STATE,
                () -> 2,
                (partition, epoch) -> new TransactionShard(epoch, TransactionConfig.DEFAULT, this::level),
                new TransactionCodec(this::level),
                new TransactionWork(markers, producerIds),
                loop);
        partitions.listen(STATE, new HostedTopic(host));
        metadata.subscribe(partitions);
        handlers = new ArrayList<>(RecordApis.handlers(
                new NodeView(
                        1,
                        metadata,
                        Uuid.ZERO_UUID,
                        partitions,
                        Map.of(),
                        50 << 20,
                        loop,
                        loop::nowMs,
                        () -> new Uuid(8, ++ids),
                        new HeldLoggers(),
                        new ClientQuotas(11, 1)),
                new LocalParticipation(host)));
        handlers.addAll(
                TransactionApis.handlers(new TransactionView(host, producerIds, markers, metadata::image, topics)));
        try {
            partitions.start();
            metadata.start(() -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        restart();
        create(STATE, 2);
        topicId = create(TOPIC, partitionCount);
    }

    private int level() {
        return metadata.image().featureLevel(ClusterFeatures.TRANSACTION_VERSION);
    }

    Uuid topicId() {
        return topicId;
    }

    private Uuid create(String name, int count) {
        RecordedTicket<List<CreateTopics.Outcome>> ticket = new RecordedTicket<>();
        metadata.submit(
                new CreateTopics(List.of(CreateTopics.NewTopic.of(name, count, (short) 1, Map.of())), false, ticket));
        settle();
        return ticket.answer().get(0).id();
    }

    void finalizeTransactionVersion(int level) {
        metadata.submit(new UpdateFeatures(
                List.of(new UpdateFeatures.Change(
                        ClusterFeatures.TRANSACTION_VERSION,
                        (short) level,
                        level < level() ? UpdateFeatures.Direction.SAFE_DOWNGRADE : UpdateFeatures.Direction.UPGRADE)),
                false,
                new RecordedTicket<>()));
        settle();
    }

    /** Every partition begins a new term: coordinators read their logs, and what was in memory only is gone. */
    void restart() {
        metadata.submit(new RegisterBroker(
                1,
                new Uuid(5, ++incarnations),
                null,
                List.of(new BrokerImage.Endpoint("PLAINTEXT", "here", 9092)),
                new RecordedTicket<>()));
        settle();
    }

    void settle() {
        for (int i = 0; i < 5; i++) {
            loop.runAll();
            log.commitAll();
        }
        loop.runAll();
    }

    /** By way of the wire's bytes. */
    @SuppressWarnings("unchecked") // as the table of handlers does
    void send(ApiMessage request, int version, Ticket<ApiMessage> ticket) {
        WiredRequest wired = WiredRequest.of(request, version);
        ApiKeys key = wired.header().apiKey();
        ApiHandler<AbstractRequest, ApiMessage> handler = (ApiHandler<AbstractRequest, ApiMessage>) handlers.stream()
                .filter(candidate -> candidate.key() == key)
                .findFirst()
                .orElseThrow();
        Ticket<ApiMessage> mapped = new Ticket<>() {
            @Override
            public void answer(ApiMessage value) {
                ticket.answer(value);
            }

            @Override
            public void fail(ApiException error) {
                ticket.answer(wired.body().getErrorResponse(error).data());
            }
        };
        try {
            handler.handle(
                    new ApiRequest<>(
                            wired.header(),
                            wired.body(),
                            new ApiRequest.Peer(
                                    "1",
                                    "/127.0.0.1",
                                    4711,
                                    "User:ANONYMOUS",
                                    "PLAINTEXT",
                                    ApiRequest.Software.UNKNOWN)),
                    mapped);
        } catch (ApiException e) {
            mapped.fail(e);
        }
    }

    /** By partition: how far records are open in a transaction, and so kept from those who read committed ones. */
    List<Long> hanging() {
        List<Long> hanging = new ArrayList<>();
        for (int i = 0; i < partitionCount; i++) {
            Partition partition = partition(i);
            hanging.add(partition.highWatermark()
                    - partition
                            .reads()
                            .latestOffset(IsolationLevel.READ_COMMITTED, Partition.NO_EPOCH)
                            .offset());
        }
        return hanging;
    }

    private Partition partition(int number) {
        Partition partition = partitions.find(topicId, number);
        if (partition == null) {
            throw new AssertionError("partition " + number + " is not there");
        }
        return partition;
    }

    /** The values that a reader of committed records gets, partition by partition. */
    List<String> committedValues() {
        List<String> values = new ArrayList<>();
        for (int i = 0; i < partitionCount; i++) {
            try {
                partition(i).reads().replay(new CommittedRecords(values));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return values;
    }
}
