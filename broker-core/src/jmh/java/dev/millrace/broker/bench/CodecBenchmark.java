package dev.millrace.broker.bench;

import dev.millrace.broker.wire.RequestCodec;
import dev.millrace.broker.wire.ResponseCodec;
import dev.millrace.broker.wire.ResponseFrame;
import dev.millrace.broker.wire.ServedVersions;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What the wire costs for the two requests that matter: decoding a Produce, encoding the answer to a Fetch. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class CodecBenchmark {

    private static final short PRODUCE_VERSION = 13;
    private static final short FETCH_VERSION = 18;

    @Param({"1", "100"})
    int partitions;

    private final RequestCodec codec = new RequestCodec(new ServedVersions(List.of(ApiKeys.PRODUCE, ApiKeys.FETCH)));
    private final RequestHeader fetch = new RequestHeader(ApiKeys.FETCH, FETCH_VERSION, "bench", 1);
    private ByteBuffer produce;
    private FetchResponseData fetched;

    @Setup
    public void make() {
        var topic = new ProduceRequestData.TopicProduceData().setTopicId(Uuid.randomUuid());
        var answer = new FetchResponseData.FetchableTopicResponse().setTopicId(topic.topicId());
        for (int i = 0; i < partitions; i++) {
            topic.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(i)
                            .setRecords(ProducedBatch.of(10, 100, "none")));
            answer.partitions()
                    .add(new FetchResponseData.PartitionData()
                            .setPartitionIndex(i)
                            .setHighWatermark(1));
        }
        var data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(30_000);
        data.topicData().add(topic);
        var request = new ProduceRequest(data, PRODUCE_VERSION);
        produce = ProducedBatch.direct(
                request.serializeWithHeader(new RequestHeader(ApiKeys.PRODUCE, PRODUCE_VERSION, "bench", 1)));
        fetched = new FetchResponseData().setResponses(List.of(answer));
    }

    @Benchmark
    public RequestCodec.Decoded decodeProduce() {
        return codec.decode(produce.duplicate());
    }

    @Benchmark
    public int encodeFetch() {
        ResponseFrame frame = ResponseCodec.encode(fetch, FETCH_VERSION, fetched, PooledByteBufAllocator.DEFAULT);
        int bytes = frame.bytesInMemory();
        frame.release();
        return bytes;
    }
}
