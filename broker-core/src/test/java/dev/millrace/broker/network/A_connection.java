package dev.millrace.broker.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.api.ApiVersionsHandler;
import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.security.ClientQuotas;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCounted;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.feature.SupportedVersionRange;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordsSend;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.ApiVersionsResponse;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_connection {

    private static final ApiRequest.Peer PEER =
            new ApiRequest.Peer("id", "/127.0.0.1", 4711, "User:ANONYMOUS", "PLAINTEXT", ApiRequest.Software.UNKNOWN);

    private static final ConnectionLimits LIMITS = limits(Integer.MAX_VALUE, null);

    private static ConnectionLimits limits(int max, String exempt) {
        return new ConnectionLimits(max, Integer.MAX_VALUE, Map.of(), Integer.MAX_VALUE, Map.of(), exempt);
    }

    private static final long MEMORY_BYTES_MAX = 200 << 20;

    /** Requests that reached a handler, with the tickets to answer them, by correlation id. */
    private final Map<Integer, Ticket<ApiMessage>> waiting = new LinkedHashMap<>();

    private final List<AbstractRequest> bodies = new ArrayList<>();
    private final List<Throwable> fatal = new ArrayList<>();
    private final RequestMemory memory = new RequestMemory(MEMORY_BYTES_MAX);
    private final Connections connections =
            new Connections(memory, LIMITS, new ClientQuotas(11, 1), (owner, error) -> fatal.add(error));
    private final ClientQuotas quotas = new ClientQuotas(11, 1);
    private final EmbeddedChannel channel = open();
    private final List<ByteBuf> sent = new ArrayList<>();

    /** What a handler has to throw. */
    private Error impossible;

    private EmbeddedChannel open() {
        return open(UnpooledByteBufAllocator.DEFAULT);
    }

    private EmbeddedChannel open(ByteBufAllocator frames) {
        NetworkConfig config =
                new NetworkConfig(List.of(), 1, 50 << 20, memory.bytesMax(), 1 << 20, -1, -1, -1, 50, LIMITS);
        List<ApiHandler<?, ?>> handlers = List.of(
                new Waiting<HeartbeatRequest, HeartbeatResponseData>(ApiKeys.HEARTBEAT),
                new Waiting<ProduceRequest, ProduceResponseData>(ApiKeys.PRODUCE),
                new Waiting<FetchRequest, FetchResponseData>(ApiKeys.FETCH));
        EmbeddedChannel opened = new EmbeddedChannel();
        opened.config().setAutoRead(false);
        opened.pipeline()
                .addLast(new Connection(
                        PEER,
                        config,
                        new ApiTable(handlers, new NoFeatures()),
                        quotas,
                        connections,
                        new FrameReader(config.requestBytesMax(), frames)));
        opened.pipeline().fireChannelActive();
        return opened;
    }

    /** Keeps what it gets; the test answers. */
    private final class Waiting<Q extends AbstractRequest, R extends ApiMessage> implements ApiHandler<Q, R> {
        private final ApiKeys key;

        Waiting(ApiKeys key) {
            this.key = key;
        }

        @Override
        public ApiKeys key() {
            return key;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void handle(ApiRequest<Q> request, Ticket<R> ticket) {
            if (impossible != null) {
                throw impossible;
            }
            bodies.add(request.body());
            waiting.put(request.header().correlationId(), (Ticket<ApiMessage>) (Ticket<?>) ticket);
        }
    }

    private static final class NoMemory extends AbstractByteBufAllocator {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("as the test wants it");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            throw new OutOfMemoryError("as the test wants it");
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    private record NoFeatures() implements ApiVersionsHandler.Features {
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

    @AfterEach
    void nothing_leaks() {
        channel.finishAndReleaseAll();
        sent.forEach(ReferenceCounted::release);
        assertThat(connections.size()).isZero();
        if (waiting.isEmpty()) {
            assertThat(memory.bytesHeld()).isZero();
        }
    }

    private static ByteBuf frame(AbstractRequest request, int correlationId) {
        return frame(request, new RequestHeader(request.apiKey(), request.version(), "test", correlationId));
    }

    private static ByteBuf frame(AbstractRequest request, RequestHeader header) {
        ByteBuffer bytes = request.serializeWithHeader(header);
        return Unpooled.buffer().writeInt(bytes.remaining()).writeBytes(bytes);
    }

    private static HeartbeatRequest heartbeat() {
        return new HeartbeatRequest.Builder(
                        new HeartbeatRequestData().setGroupId("g").setMemberId("m"))
                .build((short) 4);
    }

    private static ProduceRequest produce(short acks, int valueBytes) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(new byte[valueBytes]));
        ProduceRequestData data = new ProduceRequestData().setAcks(acks).setTimeoutMs(1000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName("t")
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData().setRecords(records))));
        return ProduceRequest.builder(data).build((short) 9);
    }

    private static FetchRequest fetch() {
        return new FetchRequest(new FetchRequestData(), (short) 12);
    }

    private void receive(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    private void answer(int correlationId, ApiMessage answer) {
        waiting.remove(correlationId).answer(answer);
        channel.runPendingTasks();
    }

    /** The correlation ids of the responses that were sent so far and not looked at yet. */
    private List<Integer> sentIds() {
        List<Integer> ids = new ArrayList<>();
        for (ByteBuf bytes = channel.readOutbound(); bytes != null; bytes = channel.readOutbound()) {
            ids.add(bytes.getInt(bytes.readerIndex() + 4));
            assertThat(bytes.getInt(bytes.readerIndex())).isEqualTo(bytes.readableBytes() - 4);
            sent.add(bytes);
        }
        return ids;
    }

    private AbstractResponse response(AbstractRequest request, int correlationId) {
        ByteBuf bytes = channel.readOutbound();
        sent.add(bytes);
        RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "test", correlationId);
        return AbstractResponse.parseResponse(
                bytes.nioBuffer(bytes.readerIndex() + 4, bytes.readableBytes() - 4), header);
    }

    @Test
    void answers_in_the_order_of_the_requests_whatever_the_order_of_the_answers() {
        for (int id = 1; id <= 4; id++) {
            receive(frame(heartbeat(), id));
        }
        answer(3, new HeartbeatResponseData());
        answer(2, new HeartbeatResponseData());
        assertThat(sentIds()).isEmpty();
        answer(1, new HeartbeatResponseData());
        assertThat(sentIds()).containsExactly(1, 2, 3);
        answer(4, new HeartbeatResponseData());
        assertThat(sentIds()).containsExactly(4);
    }

    @Test
    void takes_answers_from_other_threads() throws Exception {
        receive(frame(heartbeat(), 1));
        Thread other = new Thread(() -> waiting.get(1).answer(new HeartbeatResponseData()));
        other.start();
        other.join();
        channel.runPendingTasks();
        assertThat(sentIds()).containsExactly(1);
    }

    @Test
    void tells_a_failure_in_the_words_of_the_request() {
        receive(frame(heartbeat(), 1));
        waiting.get(1).fail(new GroupAuthorizationException("no"));
        channel.runPendingTasks();
        assertThat(((HeartbeatResponse) response(heartbeat(), 1)).error()).isEqualTo(Errors.GROUP_AUTHORIZATION_FAILED);
    }

    @Test
    void ignores_a_second_answer() {
        receive(frame(heartbeat(), 1));
        Ticket<ApiMessage> ticket = waiting.get(1);
        ticket.answer(new HeartbeatResponseData());
        ticket.answer(new HeartbeatResponseData());
        channel.runPendingTasks();
        assertThat(sentIds()).containsExactly(1);
    }

    @Nested
    class One_of_too_many {

        private final EmbeddedChannel other = open();

        One_of_too_many() {
            for (EmbeddedChannel entered : List.of(channel, other)) {
                connections.enter(PEER.listener(), "h");
                entered.closeFuture().addListener(closed -> connections.leave(PEER.listener(), "h"));
            }
        }

        @Test
        void goes_when_it_was_not_used_for_longest() {
            receive(frame(heartbeat(), 1));
            connections.limit(limits(1, null));
            other.runPendingTasks();
            assertThat(other.isOpen()).isFalse();
            assertThat(channel.isOpen()).isTrue();
            answer(1, new HeartbeatResponseData());
            sentIds();
        }

        @Test
        void goes_for_one_that_comes_to_the_listener_of_brokers() {
            connections.limit(limits(2, "BROKERS"));
            assertThat(connections.hasRoom("BROKERS")).isTrue();
            connections.enter("BROKERS", "h");
            channel.runPendingTasks();
            assertThat(channel.isOpen()).isFalse();
            assertThat(other.isOpen()).isTrue();
            other.close();
        }

        @Test
        void stays_when_it_has_come_to_the_listener_of_brokers() {
            connections.limit(limits(1, PEER.listener()));
            channel.runPendingTasks();
            other.runPendingTasks();
            assertThat(channel.isOpen()).isTrue();
            assertThat(other.isOpen()).isTrue();
            other.close();
        }
    }

    @Nested
    class Hit_by_an_Error {

        @Test
        void does_not_keep_it_to_itself() {
            impossible = new AssertionError("of a handler");
            receive(frame(heartbeat(), 1));
            assertThat(fatal).containsExactly(impossible);
        }

        @Test
        void does_not_keep_it_to_itself_when_a_task_of_its_loop_was_hit() {
            quotas.set(Map.of(
                    new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "other")),
                    Map.of("producer_byte_rate", 1.0)));
            receive(frame(heartbeat(), 1));
            answer(1, new HeartbeatResponseData().setThrottleTimeMs(1_000));
            receive(frame(heartbeat(), 2));
            impossible = new LinkageError("of a handler");
            channel.advanceTimeBy(1, TimeUnit.SECONDS);
            channel.runScheduledPendingTasks();
            assertThat(fatal).containsExactly(impossible);
            sentIds();
        }

        @Test
        void does_no_more_than_close_when_there_is_no_memory_for_what_it_was_sent() {
            EmbeddedChannel poor = open(new NoMemory());
            poor.writeInbound(Unpooled.buffer().writeInt(1_000_000).writeLong(0));
            assertThat(poor.isOpen()).isFalse();
            assertThat(fatal).isEmpty();
        }
    }

    @Nested
    class Asked_for_its_versions {

        @Test
        void tells_those_with_a_handler_and_no_others() {
            ApiVersionsRequest request = new ApiVersionsRequest.Builder().build((short) 3);
            receive(frame(request, 1));
            ApiVersionsResponse response = (ApiVersionsResponse) response(request, 1);
            assertThat(response.data().apiKeys())
                    .extracting(ApiVersionsResponseData.ApiVersion::apiKey)
                    .containsExactlyInAnyOrder(
                            ApiKeys.PRODUCE.id, ApiKeys.FETCH.id, ApiKeys.HEARTBEAT.id, ApiKeys.API_VERSIONS.id);
            assertThat(response.apiVersion(ApiKeys.PRODUCE.id).minVersion()).isZero();
            assertThat(response.apiVersion(ApiKeys.FETCH.id).maxVersion()).isEqualTo(ApiKeys.FETCH.latestVersion());
        }

        @Test
        void answers_a_version_of_the_future_in_version_0_with_the_range_it_has() {
            ApiVersionsRequest request = new ApiVersionsRequest.Builder().build((short) 4);
            ByteBuf bytes = frame(request, 1);
            bytes.setShort(6, 77);
            receive(bytes);
            ByteBuf answer = channel.readOutbound();
            sent.add(answer);
            ByteBuffer body = answer.nioBuffer(answer.readerIndex() + 8, answer.readableBytes() - 8);
            ApiVersionsResponseData data = new ApiVersionsResponseData(new ByteBufferAccessor(body), (short) 0);
            assertThat(data.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
            assertThat(data.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion())
                    .isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
            assertThat(channel.isOpen()).isTrue();
        }

        @Test
        void refuses_a_client_that_does_not_say_who_it_is() {
            ApiVersionsRequest request =
                    new ApiVersionsRequest(new ApiVersionsRequestData().setClientSoftwareName("-"), (short) 3);
            receive(frame(request, 1));
            assertThat(((ApiVersionsResponse) response(request, 1)).data().errorCode())
                    .isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Nested
    class Sent_what_is_no_request {

        @Test
        void closes_when_the_key_is_not_served() {
            ByteBuf bytes = frame(heartbeat(), 1);
            bytes.setShort(4, ApiKeys.DESCRIBE_ACLS.id);
            receive(bytes);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_the_key_does_not_exist() {
            ByteBuf bytes = frame(heartbeat(), 1);
            bytes.setShort(4, 999);
            receive(bytes);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_the_version_is_not_served() {
            ByteBuf bytes = frame(heartbeat(), 1);
            bytes.setShort(6, 99);
            receive(bytes);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_the_body_is_garbage() {
            ByteBuf bytes = frame(heartbeat(), 1);
            bytes.setBytes(bytes.writerIndex() - 8, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
            receive(bytes);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_the_size_is_beyond_the_limit() {
            receive(Unpooled.buffer().writeInt(Integer.MAX_VALUE));
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_it_is_too_large_for_what_is_no_records() {
            ByteBuf large = Unpooled.buffer().writeInt((1 << 20) + 1).writeShort(ApiKeys.HEARTBEAT.id);
            receive(large.writeBytes(new byte[(1 << 20) - 1]));
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void takes_up_nothing_that_comes_after_it() {
            ByteBuf bytes = frame(heartbeat(), 1);
            bytes.setShort(4, 999);
            receive(Unpooled.wrappedBuffer(bytes, frame(heartbeat(), 2)));
            assertThat(waiting).isEmpty();
        }
    }

    @Nested
    class Produced_to_without_acks {

        @Test
        void sends_no_response_and_goes_on() {
            receive(frame(produce((short) 0, 10), 1));
            receive(frame(heartbeat(), 2));
            answer(1, new ProduceResponseData());
            answer(2, new HeartbeatResponseData());
            assertThat(sentIds()).containsExactly(2);
        }

        @Test
        void closes_when_it_failed_for_the_client_can_learn_it_by_nothing_else() {
            receive(frame(produce((short) 0, 10), 1));
            ProduceResponseData failed = new ProduceResponseData();
            failed.responses()
                    .add(new ProduceResponseData.TopicProduceResponse()
                            .setName("t")
                            .setPartitionResponses(List.of(new ProduceResponseData.PartitionProduceResponse()
                                    .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code()))));
            answer(1, failed);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_when_the_whole_request_failed() {
            receive(frame(produce((short) 0, 10), 1));
            waiting.get(1).fail(Errors.UNKNOWN_SERVER_ERROR.exception());
            channel.runPendingTasks();
            assertThat(channel.isOpen()).isFalse();
        }
    }

    @Nested
    class Produced_to {

        @Test
        void keeps_the_received_bytes_until_the_answer_and_no_longer() {
            ByteBuf received = frame(produce((short) 1, 1000), 1);
            received.retain();
            receive(received);
            assertThat(received.refCnt()).isGreaterThan(1);
            answer(1, new ProduceResponseData());
            assertThat(received.refCnt()).isEqualTo(1);
            received.release();
            sentIds();
        }

        @Test
        void keeps_them_beyond_the_end_of_the_connection_until_the_answer() {
            ByteBuf received = frame(produce((short) 1, 1000), 1);
            received.retain();
            receive(received);
            channel.close();
            assertThat(received.refCnt()).isGreaterThan(1);
            answer(1, new ProduceResponseData());
            assertThat(received.refCnt()).isEqualTo(1);
            received.release();
        }
    }

    @Nested
    class With_more_in_flight_than_it_may_have {

        @Test
        void takes_up_no_more_requests_until_some_are_answered() {
            int max = InFlight.REQUESTS_MAX;
            ByteBuf[] many = new ByteBuf[max + 10];
            for (int id = 0; id < many.length; id++) {
                many[id] = frame(heartbeat(), id);
            }
            receive(Unpooled.wrappedBuffer(many.length, many));
            assertThat(waiting).hasSize(max);

            answer(0, new HeartbeatResponseData());
            answer(1, new HeartbeatResponseData());
            assertThat(sentIds()).containsExactly(0, 1);
            assertThat(waiting).hasSize(max).containsKey(max + 1);
        }

        @Test
        void goes_on_with_what_it_has_received_when_the_answers_are_sent_at_once() {
            ApiVersionsRequest request = new ApiVersionsRequest.Builder().build((short) 3);
            ByteBuf[] many = new ByteBuf[3 * InFlight.REQUESTS_MAX + 1];
            for (int id = 0; id < many.length; id++) {
                many[id] = frame(request, id);
            }
            receive(Unpooled.wrappedBuffer(many.length, many));
            assertThat(sentIds()).hasSize(many.length).isSorted();
        }

        @Test
        void takes_up_no_more_bytes_until_some_are_answered() {
            int half = InFlight.BYTES_MAX / 2 + 1;
            receive(frame(produce((short) 1, half), 1));
            receive(frame(produce((short) 1, half), 2));
            receive(frame(produce((short) 1, half), 3));
            assertThat(waiting).containsOnlyKeys(1, 2);
            answer(1, new ProduceResponseData());
            assertThat(sentIds()).containsExactly(1);
            assertThat(waiting).containsOnlyKeys(2, 3);
        }

        @Test
        void does_not_read_from_its_socket() {
            int[] reads = {0};
            channel.pipeline().addFirst(new io.netty.channel.ChannelOutboundHandlerAdapter() {
                @Override
                public void read(io.netty.channel.ChannelHandlerContext ctx) {
                    reads[0]++;
                }
            });
            receive(frame(heartbeat(), 0));
            assertThat(reads[0]).isEqualTo(1);
            for (int id = 1; id < InFlight.REQUESTS_MAX; id++) {
                receive(frame(heartbeat(), id));
            }
            int before = reads[0];
            receive(Unpooled.buffer().writeByte(0));
            assertThat(reads[0]).isEqualTo(before);
            answer(0, new HeartbeatResponseData());
            assertThat(reads[0]).isEqualTo(before + 1);
            sentIds();
        }
    }

    @Nested
    class Without_memory_for_requests {

        private int reads;

        Without_memory_for_requests() {
            memory.change(MEMORY_BYTES_MAX);
            channel.pipeline().addFirst(new io.netty.channel.ChannelOutboundHandlerAdapter() {
                @Override
                public void read(io.netty.channel.ChannelHandlerContext ctx) {
                    reads++;
                }
            });
        }

        @Test
        void reads_no_more_until_there_is_some_or_it_has_nothing() {
            receive(frame(produce((short) 1, 100), 1));
            assertThat(waiting).containsOnlyKeys(1);
            assertThat(reads).isZero();
            memory.change(-MEMORY_BYTES_MAX);
            channel.runPendingTasks();
            assertThat(reads).isEqualTo(1);
        }

        @Test
        void reads_the_rest_of_a_request_when_it_is_its_turn() {
            ByteBuf request = frame(produce((short) 1, 5_000), 1);
            receive(request.readRetainedSlice(1_000));
            assertThat(reads).isEqualTo(1);
            receive(request);
            assertThat(waiting).containsOnlyKeys(1);
            assertThat(reads).isEqualTo(1);
            assertThat(memory.bytesHeld()).isGreaterThan(MEMORY_BYTES_MAX + 5_000);

            answer(1, new ProduceResponseData());
            assertThat(sentIds()).containsExactly(1);
            assertThat(memory.bytesHeld()).isEqualTo(MEMORY_BYTES_MAX);
            memory.change(-MEMORY_BYTES_MAX);
        }
    }

    @Nested
    class Whose_client_does_not_read {

        @Test
        void takes_up_no_more_requests_once_enough_responses_are_unsent() {
            io.netty.channel.ChannelOutboundHandlerAdapter full = new io.netty.channel.ChannelOutboundHandlerAdapter() {
                @Override
                public void write(
                        io.netty.channel.ChannelHandlerContext ctx,
                        Object message,
                        io.netty.channel.ChannelPromise promise) {
                    unsent.add((ByteBuf) message);
                }
            };
            channel.pipeline().addFirst(full);
            String longName = "x".repeat(30_000);
            int id = 0;
            for (int bytes = 0; bytes < InFlight.RESPONSE_BYTES_MAX; bytes += longName.length()) {
                receive(frame(fetch(), id));
                assertThat(waiting).containsOnlyKeys(id);
                answer(id, fetchedFrom(longName));
                id++;
            }
            receive(frame(fetch(), id));
            assertThat(waiting).isEmpty();
            unsent.forEach(ReferenceCounted::release);
        }

        private final List<ByteBuf> unsent = new ArrayList<>();

        private static FetchResponseData fetchedFrom(String topic) {
            return new FetchResponseData()
                    .setResponses(List.of(new FetchResponseData.FetchableTopicResponse().setTopic(topic)));
        }
    }

    @Nested
    class With_records_to_send {

        private final FakeSlice slice = new FakeSlice(5000);

        private FetchResponseData fetched() {
            FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData().setRecords(slice);
            return new FetchResponseData()
                    .setResponses(List.of(new FetchResponseData.FetchableTopicResponse()
                            .setTopic("t")
                            .setPartitions(List.of(partition))));
        }

        @Test
        void hands_them_to_the_socket_as_a_region_of_their_file() {
            receive(frame(fetch(), 1));
            answer(1, fetched());
            ByteBuf before = channel.readOutbound();
            SliceRegion region = channel.readOutbound();
            ByteBuf after = channel.readOutbound();
            assertThat(region.count()).isEqualTo(5000);
            assertThat(before.getInt(before.readerIndex()))
                    .isEqualTo(before.readableBytes() - 4 + 5000 + after.readableBytes());
            assertThat(slice.closed).isFalse();
            region.release();
            assertThat(slice.closed).isTrue();
            before.release();
            after.release();
        }

        @Test
        void lets_go_of_them_when_the_connection_ends_before_their_turn() {
            receive(frame(heartbeat(), 1));
            receive(frame(fetch(), 2));
            answer(2, fetched());
            assertThat(slice.closed).isFalse();
            channel.close();
            assertThat(slice.closed).isTrue();
        }

        @Test
        void lets_go_of_them_when_the_answer_comes_after_the_end() {
            receive(frame(fetch(), 1));
            channel.close();
            answer(1, fetched());
            assertThat(slice.closed).isTrue();
        }

        @Test
        void lets_go_of_them_when_the_response_has_no_form_in_the_version() {
            receive(frame(fetch(), 1));
            FetchResponseData unfit = fetched();
            unfit.responses().get(0).setTopic(null);
            answer(1, unfit);
            assertThat(slice.closed).isTrue();
            assertThat(sentIds()).containsExactly(1);
        }
    }

    @Nested
    class Told_to_drain {

        @Test
        void closes_at_once_when_it_has_nothing_to_do() {
            connections.drain(1000);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void closes_once_it_has_sent_what_was_under_way() {
            receive(frame(heartbeat(), 1));
            drain();
            assertThat(channel.isOpen()).isTrue();
            receive(frame(heartbeat(), 2));
            assertThat(waiting).containsOnlyKeys(1);
            answer(1, new HeartbeatResponseData());
            assertThat(sentIds()).containsExactly(1);
            assertThat(channel.isOpen()).isFalse();
        }

        @Test
        void does_not_wait_for_those_who_wait_for_records() {
            receive(frame(fetch(), 1));
            drain();
            assertThat(channel.isOpen()).isFalse();
        }

        private void drain() {
            channel.pipeline().get(Connection.class).drain();
            channel.runPendingTasks();
        }
    }

    private static final class FakeSlice implements LogSlice {
        private final int size;
        boolean closed;

        FakeSlice(int size) {
            this.size = size;
        }

        @Override
        public int sizeInBytes() {
            return size;
        }

        @Override
        public long nextOffset() {
            return 0;
        }

        @Override
        public long transferTo(WritableByteChannel target, long position) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public RecordsSend<LogSlice> toSend() {
            throw new UnsupportedOperationException();
        }
    }
}
