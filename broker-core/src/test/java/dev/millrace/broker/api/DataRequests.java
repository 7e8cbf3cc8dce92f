package dev.millrace.broker.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.cluster.ClusterApis;
import dev.millrace.broker.api.config.ConfigApis;
import dev.millrace.broker.api.record.RecordApis;
import dev.millrace.broker.api.replica.ReplicaApis;
import dev.millrace.broker.api.security.SecurityApis;
import dev.millrace.broker.api.telemetry.HeldMetrics;
import dev.millrace.broker.api.telemetry.TelemetryApis;
import dev.millrace.broker.api.topic.AutoTopicCreation;
import dev.millrace.broker.api.topic.TopicApis;
import dev.millrace.broker.coordinator.CoordinatorTopics;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.CordonedLogDirs;
import dev.millrace.broker.metadata.CreateTopics;
import dev.millrace.broker.metadata.RegisterBroker;
import dev.millrace.broker.partition.CleanerSettings;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.PartitionSettings;
import dev.millrace.broker.partition.Partitions;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.ManualMetadataLog;
import dev.millrace.broker.simulation.NastyDisk;
import dev.millrace.broker.simulation.RecordedTicket;
import dev.millrace.broker.wire.ResponseCodec;
import dev.millrace.broker.wire.ResponseFrame;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.ResponseHeader;

/**
 * The handlers of topics, records and settings on broker 1, over a disk in memory and in virtual time: what a client sends,
 * and what it reads. Requests and answers take the way over the wire's bytes, in the version of the request.
 */
public final class DataRequests {

    public static final Uuid METADATA_DIRECTORY = new Uuid(7, 7);

    public final ManualLoop loop = new ManualLoop(1_000_000);
    final ClientQuotas quotas = new ClientQuotas(11, 1);
    public final NastyDisk disk = new NastyDisk(1);
    final ManualMetadataLog log = new ManualMetadataLog();
    public final ClusterMetadata metadata;
    final Partitions partitions;
    private final List<ApiHandler<?, ?>> handlers = new ArrayList<>();
    private long ids;

    /** What the coordinators of transactions were asked. */
    final List<Question> questions = new ArrayList<>();

    /** Which partitions take part in a transaction, for the coordinators to tell; all of them as long as it is null. */
    Map<TopicPartition, Errors> participation;

    public final HeldMetrics receivers = new HeldMetrics(loop);

    /** Who asks. */
    public ApiRequest.Software software = ApiRequest.Software.UNKNOWN;

    /** Coordinators leave questions open. */
    boolean silent;

    record Question(
            String transactionalId,
            ProducerIdAndEpoch producer,
            Set<TopicPartition> partitions,
            short clientVersion,
            Ticket<Map<TopicPartition, Errors>> ticket) {

        void answer(Errors outcome) {
            Map<TopicPartition, Errors> outcomes = new HashMap<>();
            partitions.forEach(partition -> outcomes.put(partition, outcome));
            ticket.answer(outcomes);
        }
    }

    public DataRequests() {
        this(Map.of());
    }

    /** @param brokerConfigs as server.properties would have them */
    public DataRequests(Map<String, String> brokerConfigs) {
        CordonedLogDirs cordoned = new CordonedLogDirs(
                Map.of(disk.describe(""), disk.describe("")), brokerConfigs.getOrDefault(CordonedLogDirs.SETTING, ""));
        metadata = new ClusterMetadata(
                loop,
                log,
                new Controller(
                        ClusterImage.empty("the-cluster"),
                        new ControllerSettings(1, (short) 1, true, brokerConfigs, cordoned),
                        () -> new Uuid(9, ++ids)));
        partitions = new Partitions(
                new PartitionSettings(
                        1, Long.MAX_VALUE / 2, 86_400_000, CleanerSettings.DEFAULT, 0, brokerConfigs, cordoned),
                List.of(disk),
                List.of(loop),
                loop);
        metadata.subscribe(partitions);
        NodeView node = new NodeView(
                1,
                metadata,
                METADATA_DIRECTORY,
                partitions,
                brokerConfigs,
                50 << 20,
                loop,
                loop::nowMs,
                () -> new Uuid(8, ++ids),
                new HeldLoggers(),
                quotas);
        boolean autoCreate = !"false".equals(brokerConfigs.get("auto.create.topics.enable"));
        AutoTopicCreation creation = new AutoTopicCreation(
                metadata,
                autoCreate,
                List.of(CreateTopics.NewTopic.of(
                        "__consumer_offsets", 3, (short) 1, Map.of("cleanup.policy", "compact"))));
        handlers.addAll(RecordApis.handlers(node, this::ask));
        handlers.addAll(TopicApis.handlers(node, creation));
        handlers.addAll(ReplicaApis.handlers(node));
        handlers.addAll(ConfigApis.handlers(node));
        handlers.addAll(
                ClusterApis.handlers(node, new CoordinatorTopics(metadata, List.of(), (topic, partition) -> false)));
        handlers.addAll(SecurityApis.handlers(node));
        handlers.addAll(TelemetryApis.handlers(node, receivers));
        try {
            partitions.start();
            metadata.start(() -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        metadata.submit(new RegisterBroker(
                1,
                new Uuid(5, 5),
                "rack-1",
                List.of(
                        new BrokerImage.Endpoint("PLAINTEXT", "inside", 9092),
                        new BrokerImage.Endpoint("EXTERNAL", "outside", 19092)),
                new RecordedTicket<>()));
        settle();
    }

    private void ask(
            String transactionalId,
            ProducerIdAndEpoch producer,
            Set<TopicPartition> partitions,
            short clientVersion,
            Ticket<Map<TopicPartition, Errors>> ticket) {
        Question question = new Question(transactionalId, producer, partitions, clientVersion, ticket);
        questions.add(question);
        if (silent) {
            return;
        }
        if (participation == null) {
            question.answer(Errors.NONE);
        } else {
            ticket.answer(participation);
        }
    }

    void settle() {
        for (int i = 0; i < 5; i++) {
            loop.runAll();
            log.commitAll();
        }
        loop.runAll();
    }

    /** A topic with these settings. */
    public Uuid createTopic(String name, int count, Map<String, String> configs) {
        RecordedTicket<List<CreateTopics.Outcome>> ticket = new RecordedTicket<>();
        metadata.submit(new CreateTopics(
                List.of(CreateTopics.NewTopic.of(name, count, (short) 1, Map.copyOf(configs))), false, ticket));
        settle();
        assertThat(ticket.answer().get(0).error()).isNull();
        return ticket.answer().get(0).id();
    }

    public Uuid createTopic(String name, int count) {
        return createTopic(name, count, Map.of());
    }

    public Partition partition(Uuid topic, int number) {
        Partition partition = partitions.find(topic, number);
        assertThat(partition).isNotNull();
        return partition;
    }

    /** Sends the request in its latest version and waits until nothing happens any more. */
    public <R extends AbstractResponse> R ask(ApiMessage request, Class<R> response) {
        return ask(request, ApiKeys.forId(request.apiKey()).latestVersion(), response);
    }

    public <R extends AbstractResponse> R ask(ApiMessage request, int version, Class<R> response) {
        return send(request, version, "PLAINTEXT").read(response);
    }

    public Reply send(ApiMessage request, int version, String listener) {
        WiredRequest wired = WiredRequest.of(request, version);
        Reply reply = new Reply(wired.header(), wired.body());
        dispatch(wired.header(), wired.body(), listener, reply);
        settle();
        return reply;
    }

    /** The connection that all requests come over is closed. */
    public void disconnect() {
        for (ApiHandler<?, ?> handler : handlers) {
            if (handler instanceof DisconnectListener listener) {
                listener.onDisconnected(
                        new ApiRequest.Peer("1", "/127.0.0.1", 4711, "User:ANONYMOUS", "PLAINTEXT", software));
            }
        }
    }

    @SuppressWarnings("unchecked") // as the table of handlers does
    private void dispatch(RequestHeader header, AbstractRequest body, String listener, Reply reply) {
        ApiHandler<AbstractRequest, ApiMessage> handler = (ApiHandler<AbstractRequest, ApiMessage>) handlers.stream()
                .filter(candidate -> candidate.key() == header.apiKey())
                .findFirst()
                .orElseThrow();
        try {
            handler.handle(
                    new ApiRequest<>(
                            header,
                            body,
                            new ApiRequest.Peer("1", "/127.0.0.1", 4711, "User:ANONYMOUS", listener, software)),
                    reply);
        } catch (ApiException e) {
            reply.fail(e);
        }
    }

    /** What a client gets in the end. */
    public static final class Reply implements Ticket<ApiMessage> {

        private final RequestHeader header;
        private final AbstractRequest request;
        private byte[] sent;

        Reply(RequestHeader header, AbstractRequest request) {
            this.header = header;
            this.request = request;
        }

        @Override
        public void answer(ApiMessage value) {
            assertThat(sent).as("an answer given before").isNull();
            ResponseFrame frame =
                    ResponseCodec.encode(header, header.apiVersion(), value, UnpooledByteBufAllocator.DEFAULT);
            sent = bytes(frame);
            frame.release();
        }

        private static byte[] bytes(ResponseFrame frame) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            WritableByteChannel channel = Channels.newChannel(bytes);
            for (ResponseFrame.Piece piece : frame.pieces()) {
                try {
                    if (piece instanceof ResponseFrame.Bytes inMemory) {
                        channel.write(inMemory.buffer().nioBuffer());
                    } else {
                        ResponseFrame.Slice slice = (ResponseFrame.Slice) piece;
                        slice.slice().transferTo(channel, 0);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            assertThat(bytes.size()).isEqualTo(frame.sizeInBytes());
            return bytes.toByteArray();
        }

        @Override
        public void fail(ApiException error) {
            answer(request.getErrorResponse(error).data());
        }

        public boolean isOpen() {
            return sent == null;
        }

        public <R extends AbstractResponse> R read(Class<R> response) {
            assertThat(sent).as("an answer").isNotNull();
            ByteBuffer buffer = ByteBuffer.wrap(sent);
            assertThat(buffer.getInt()).isEqualTo(sent.length - Integer.BYTES);
            ResponseHeader.parse(buffer, header.apiKey().responseHeaderVersion(header.apiVersion()));
            return response.cast(AbstractResponse.parseResponse(
                    header.apiKey(), new ByteBufferAccessor(buffer), header.apiVersion()));
        }
    }
}
