package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.api.WiredRequest;
import dev.millrace.broker.api.topic.AutoTopicCreation;
import dev.millrace.broker.coordinator.CoordinatorTopics;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.log.ReplayedBatch;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterFeatures;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.RegisterBroker;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.metadata.UpdateFeatures;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.simulation.Interleaving;
import dev.millrace.broker.simulation.ManualMetadataLog;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A broker put together as {@link Broker} does, without sockets and threads: its loops take turns by lot, its disk is in
 * memory. It can be killed and started again over the same data.
 */
final class SimulatedNode {

    static final String TOPIC = "orders";
    private static final int PARTITION_LOOPS = 3;
    private static final int STEPS_MAX = 100_000;

    private final Interleaving turns;
    private final BrokerConfig config;
    private final NastyDisk disk;
    private final ManualMetadataLog log = new ManualMetadataLog();
    private final long seed;
    private long incarnations;
    private long ids;

    private Loop metadataLoop;
    private ClusterMetadata metadata;
    private Partitions partitions;
    private ApiTable table;
    private boolean serving;

    /** @param settings by Kafka's names */
    SimulatedNode(long seed, Interleaving turns, int partitionCount, Map<String, String> settings) {
        this.seed = seed;
        this.turns = turns;
        Map<String, String> all = new HashMap<>(settings);
        all.put("log.dirs", "/simulated");
        all.put("offsets.topic.num.partitions", "2");
        all.put("transaction.state.log.num.partitions", "2");
        config = BrokerConfig.parse(all);
        disk = new NastyDisk(seed);
        start();
        List<CreateTopics.NewTopic> topics = new ArrayList<>(config.internalTopics());
        topics.add(CreateTopics.NewTopic.of(TOPIC, partitionCount, (short) 1, Map.of()));
        RecordedTicket<List<CreateTopics.Outcome>> created = new RecordedTicket<>();
        metadata.submit(new CreateTopics(topics, false, created));
        stepUntilAnswered(created);
    }

    boolean isServing() {
        return serving;
    }

    NastyDisk disk() {
        return disk;
    }

    private void start() {
        metadataLoop = turns.loop();
        List<Loop> loops = new ArrayList<>();
        for (int i = 0; i < PARTITION_LOOPS; i++) {
            loops.add(turns.loop());
        }
        Executor pool = turns.pool();
        metadata = new ClusterMetadata(
                metadataLoop,
                log,
                new Controller(ClusterImage.empty("simulated"), config.controllerSettings(), this::uuid));
        partitions = new Partitions(config.partitionSettings(), List.of(disk), loops, pool);
        CoordinatorTopics topics = new CoordinatorTopics(metadata, config.internalTopics(), partitions::isOffline);
        GroupCoordination groups = new GroupCoordination(config.groupConfig(), metadata, topics, pool);
        TransactionCoordination transactions =
                new TransactionCoordination(config, metadata, metadataLoop, partitions, topics, pool);
        metadata.subscribe(partitions);
        groups.follow(partitions);
        transactions.follow(partitions);
        partitions.start();
        table = new ApiTable(handlers(pool, topics, groups, transactions), new FinalizedFeatures(metadata::image));
        RecordedTicket<Boolean> ready = new RecordedTicket<>();
        metadataLoop.execute(() -> startMetadata(ready));
        stepUntilAnswered(ready);
        register();
        serving = true;
    }

    private List<ApiHandler<?, ?>> handlers(
            Executor pool, CoordinatorTopics topics, GroupCoordination groups, TransactionCoordination transactions) {
        NodeView view = new NodeView(
                config.nodeId(),
                metadata,
                Uuid.ZERO_UUID,
                partitions,
                config.all(),
                config.fetchBytesMax(),
                pool,
                metadataLoop::nowMs,
                this::uuid,
                new JavaLoggers(),
                new ClientQuotas(11, 1));
        Participation participation = transactions.participation();
        List<ApiHandler<?, ?>> handlers = NodeApis.handlers(
                view,
                new AutoTopicCreation(metadata, false, List.of()),
                topics,
                participation,
                new MetricsReporters(config));
        handlers.addAll(groups.handlers(partitions, participation));
        handlers.addAll(transactions.handlers());
        return handlers;
    }

    private Uuid uuid() {
        return new Uuid(seed, ++ids);
    }

    private void startMetadata(Ticket<Boolean> ready) {
        try {
            metadata.start(() -> ready.answer(true));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void register() {
        RecordedTicket<Long> registered = new RecordedTicket<>();
        metadata.submit(registration(registered));
        stepUntilAnswered(registered);
    }

    private RegisterBroker registration(Ticket<Long> registered) {
        return new RegisterBroker(
                config.nodeId(),
                new Uuid(5, ++incarnations),
                null,
                List.of(new BrokerImage.Endpoint("PLAINTEXT", "here", 9092)),
                registered);
    }

    /** Every partition begins a new term: coordinators read their logs again, and what was in memory only is gone. */
    void beginTerm() {
        metadata.submit(registration(new RecordedTicket<>()));
    }

    /** Kill -9, and a new process over the data. */
    void restart() {
        serving = false;
        turns.kill();
        disk.killProcess();
        while (!log.uncommitted().isEmpty()) {
            log.lose();
        }
        start();
    }

    /** The finalized level of transaction.version. */
    int level() {
        return metadata.image().featureLevel(ClusterFeatures.TRANSACTION_VERSION);
    }

    void finalizeLevel(int level) {
        metadata.submit(new UpdateFeatures(
                List.of(new UpdateFeatures.Change(
                        ClusterFeatures.TRANSACTION_VERSION,
                        (short) level,
                        level < level() ? UpdateFeatures.Direction.SAFE_DOWNGRADE : UpdateFeatures.Direction.UPGRADE)),
                false,
                new RecordedTicket<>()));
    }

    /** Runs one task of the broker, somewhere. False when there is nothing to do for now. */
    boolean step() {
        boolean stepped = turns.step();
        if (!log.uncommitted().isEmpty()) {
            metadataLoop.execute(log::commitAll);
        }
        return stepped;
    }

    private void stepUntilAnswered(RecordedTicket<?> ticket) {
        for (int i = 0; ticket.isOpen(); i++) {
            if (i > STEPS_MAX) {
                throw new AssertionError("the broker does not start");
            }
            if (!step()) {
                turns.advance(1);
            }
        }
    }

    /** By way of the wire's bytes. The answer comes on any loop, while the broker takes a step; or never, when it is killed. */
    void send(ApiMessage request, int version, Consumer<ApiMessage> answered) {
        WiredRequest wired = WiredRequest.of(request, version);
        ApiRequest.Peer peer = new ApiRequest.Peer(
                "1", "/127.0.0.1", 4711, "User:ANONYMOUS", "PLAINTEXT", ApiRequest.Software.UNKNOWN);
        boolean[] answers = {false};
        table.dispatch(new ApiRequest<>(wired.header(), wired.body(), peer), new Ticket<>() {
            @Override
            public void answer(ApiMessage value) {
                if (answers[0]) {
                    throw new AssertionError(wired.header().apiKey() + " was answered twice");
                }
                answers[0] = true;
                answered.accept(value);
            }

            @Override
            public void fail(ApiException error) {
                answer(wired.body().getErrorResponse(error).data());
            }
        });
    }

    /** Partitions in which something is kept from those who read committed records. */
    List<String> hanging() {
        List<String> hanging = new ArrayList<>();
        for (Partition partition : partitions.all()) {
            long stable = partition
                    .reads()
                    .latestOffset(IsolationLevel.READ_COMMITTED, Partition.NO_EPOCH)
                    .offset();
            if (stable != partition.logEndOffset()) {
                hanging.add(partition.id().topicPartition() + ": " + stable + " of " + partition.logEndOffset() + ", "
                        + partition.writes().activeProducers());
            }
        }
        return hanging;
    }

    /** All batches of one of the topic's partitions. */
    void replay(int number, Consumer<ReplayedBatch> consumer) {
        TopicImage topic = metadata.image().topic(TOPIC);
        Partition partition = topic == null ? null : partitions.find(topic.id(), number);
        if (partition == null) {
            throw new AssertionError("partition " + number + " is not there");
        }
        try {
            partition.reads().replay(consumer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
