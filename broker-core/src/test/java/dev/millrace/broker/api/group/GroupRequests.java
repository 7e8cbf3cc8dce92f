package dev.millrace.broker.api.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.coordinator.EffectPerformer;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.group.ClusterTopics;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import dev.millrace.broker.coordinator.group.shard.GroupShard;
import dev.millrace.broker.coordinator.group.shard.TopicChanges;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.Controller;
import dev.millrace.broker.metadata.ControllerSettings;
import dev.millrace.broker.metadata.ImageChange;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.PartitionImage;
import dev.millrace.broker.simulation.ManualLoop;
import dev.millrace.broker.simulation.SimulatedShardPartition;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * The handlers of groups on a host of three shards, in virtual time: what a client sends, and what it reads. Every answer is
 * written in the version of its request, as a client would get it.
 */
final class GroupRequests {

    static final int SHARDS = 3;

    final ManualLoop loop = new ManualLoop(1_000_000);
    final Queue<Runnable> diskTasks = new ArrayDeque<>();
    final ShardHost<GroupCommand, GroupEvent> host = new ShardHost<>(
            "__consumer_offsets",
            () -> SHARDS,
            (partition, epoch) -> new GroupShard(GroupConfig.DEFAULT, ClusterTopics.NONE),
            new GroupEventCodec(),
            EffectPerformer.none(),
            diskTasks::add);
    private final Controller controller =
            new Controller(ClusterImage.empty("c"), ControllerSettings.DEFAULT, Uuid::randomUuid);
    private final List<ApiHandler<?, ?>> handlers;
    private long ids;

    GroupRequests() {
        handlers = GroupApis.handlers(
                host, controller::image, () -> new Uuid(0, ++ids), (request, version, then, refused) -> then.run());
        for (int partition = 0; partition < SHARDS; partition++) {
            host.onElected(new SimulatedShardPartition(partition, loop));
        }
        loop.runAll();
    }

    /** A group that the given shard coordinates. */
    String groupOn(int shard) {
        int n = 0;
        while (host.partitionFor("g" + n) != shard) {
            n++;
        }
        return "g" + n;
    }

    /** The shard's log is being read, until {@link #diskTasks} run. */
    void startLoading(int shard) {
        SimulatedShardPartition partition = new SimulatedShardPartition(shard, loop);
        partition.endTransaction(new ShardRecord.Producer(1, (short) 0), true);
        host.onElected(partition);
    }

    Uuid createTopic(String name, int partitions) {
        Uuid id = new Uuid(7, ++ids);
        controller.apply(new MetadataEvent.TopicCreated(name, id));
        for (int partition = 0; partition < partitions; partition++) {
            controller.apply(new MetadataEvent.PartitionAdded(
                    id, new PartitionImage(partition, 0, 0, 0, List.of(0), List.of(0))));
        }
        return id;
    }

    void deleteTopic(Uuid id) {
        ClusterImage before = controller.image();
        controller.apply(new MetadataEvent.TopicDeleted(id));
        new TopicChanges(host).onImage(new ImageChange(before, controller.image(), Set.of(id), false, false), () -> {});
        loop.runAll();
    }

    /** The answer, or what the request makes of a failure. */
    <R extends ApiMessage> R ask(AbstractRequest request, Class<R> answer) {
        return send(request).read(answer);
    }

    Reply send(AbstractRequest request) {
        Reply reply = new Reply(request);
        dispatch(request, reply);
        loop.runAll();
        return reply;
    }

    /** What a client gets in the end. */
    static final class Reply implements Ticket<ApiMessage> {

        private final AbstractRequest request;
        private ApiMessage message;

        Reply(AbstractRequest request) {
            this.request = request;
        }

        @Override
        public void answer(ApiMessage value) {
            assertThat(message).as("an answer given before").isNull();
            MessageUtil.toVersionPrefixedBytes(request.version(), value);
            message = value;
        }

        @Override
        public void fail(ApiException error) {
            answer(request.getErrorResponse(error).data());
        }

        boolean isOpen() {
            return message == null;
        }

        <R extends ApiMessage> R read(Class<R> answer) {
            return answer.cast(message);
        }
    }

    @SuppressWarnings("unchecked") // as the table of handlers does
    private void dispatch(AbstractRequest request, Reply reply) {
        ApiHandler<AbstractRequest, ApiMessage> handler = (ApiHandler<AbstractRequest, ApiMessage>) handlers.stream()
                .filter(candidate -> candidate.key() == request.apiKey())
                .findFirst()
                .orElseThrow();
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "client", 1);
        handler.handle(
                new ApiRequest<>(
                        header,
                        request,
                        new ApiRequest.Peer(
                                "1", "/127.0.0.1", 4711, "User:ANONYMOUS", "PLAINTEXT", ApiRequest.Software.UNKNOWN)),
                reply);
    }
}
