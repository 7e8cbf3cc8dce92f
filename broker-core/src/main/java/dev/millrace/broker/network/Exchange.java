package dev.millrace.broker.network;

import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.wire.RequestCodec;
import dev.millrace.broker.wire.ResponseCodec;
import dev.millrace.broker.wire.ResponseFrame;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request on a connection and what becomes of it. The answer may come from any thread; everything else belongs to the
 * connection's loop.
 */
final class Exchange implements Ticket<ApiMessage> {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    /** Bytes on the heap for each byte of a request that was turned into objects; for the shortest fields it is twice that. */
    private static final long OBJECTS_PER_BYTE = 16;

    /** What a request may have had without being reckoned: nearly all that are not records have less. */
    private static final int FREE_BYTES_MAX = 16 << 10;

    private final Connection connection;

    /** Null once it is answered: what is left is to send the answer, which may take as long as its client likes. */
    private RequestCodec.@Nullable Decoded request;

    private final AtomicBoolean answered = new AtomicBoolean();

    /** Kept as long as the request may read from it; null when it does not. */
    private @Nullable ByteBuf frame;

    private @Nullable ResponseFrame response;
    private int bytesHeld;
    private long handlingNanos;
    private long handledNanos;
    private boolean done;

    /** @param frame the request's bytes, to be released from here */
    Exchange(Connection connection, RequestCodec.Decoded request, ByteBuf frame) {
        this.connection = connection;
        this.request = request;
        if (request.retainsFrame()) {
            this.frame = frame;
            this.bytesHeld = frame.readableBytes();
        } else {
            if (frame.readableBytes() > FREE_BYTES_MAX) {
                this.bytesHeld = (int) Math.min(Integer.MAX_VALUE, OBJECTS_PER_BYTE * frame.readableBytes());
            }
            frame.release();
        }
    }

    /** Until the answer. */
    RequestCodec.Decoded request() {
        return Objects.requireNonNull(request);
    }

    /** Bytes that this exchange keeps in memory: the request's until the answer, then the response's. */
    int bytesHeld() {
        return bytesHeld;
    }

    void onHandling(long nanos) {
        handlingNanos = nanos;
    }

    void onHandled(long nanos) {
        handledNanos = nanos;
    }

    /** How long this request has kept the loop; until now, when it is answered by its handler right away. */
    long busyNanos(long nowNanos) {
        long until = handledNanos == 0 ? nowNanos : handledNanos;
        return handlingNanos == 0 ? 0 : until - handlingNanos;
    }

    /** Produce with acks=0 is the one request that gets no response. */
    boolean expectsResponse() {
        return !(request().body() instanceof ProduceRequest produce) || produce.acks() != 0;
    }

    /** Whether an answer that is not sent tells of an error. */
    static boolean hasError(ApiMessage answer) {
        return answer instanceof ProduceResponseData produced
                && produced.responses().stream()
                        .flatMap(topic -> topic.partitionResponses().stream())
                        .anyMatch(partition -> partition.errorCode() != 0);
    }

    @Override
    public void answer(ApiMessage value) {
        if (answered.compareAndSet(false, true)) {
            connection.onAnswer(this, value);
        } else {
            logSecondAnswer();
            ResponseCodec.release(value);
        }
    }

    @Override
    public void fail(ApiException error) {
        RequestCodec.Decoded failed = request;
        if (failed == null) {
            logSecondAnswer();
            return;
        }
        AbstractResponse mapped = failed.body().getErrorResponse(0, error);
        if (mapped != null) {
            answer(mapped.data());
        } else if (answered.compareAndSet(false, true)) {
            connection.onUnanswerable(this);
        } else {
            logSecondAnswer();
        }
    }

    private void logSecondAnswer() {
        RequestCodec.Decoded asked = request;
        LOG.error(
                "A request was answered twice: apiKey={}",
                asked == null ? "unknown" : asked.header().apiKey(),
                new IllegalStateException("here"));
    }

    /** The request's bytes are not needed any more. */
    void releaseRequest() {
        if (frame != null) {
            frame.release();
            frame = null;
        }
        bytesHeld = 0;
    }

    /** Ready to leave once all before it have left; with null without a trace. */
    void complete(@Nullable ResponseFrame encoded) {
        releaseRequest();
        request = null;
        response = encoded;
        bytesHeld = encoded == null ? 0 : encoded.bytesInMemory();
        done = true;
    }

    boolean isDone() {
        return done;
    }

    /** What to send, handed over to the caller; null when there is nothing to send. */
    @Nullable
    ResponseFrame takeResponse() {
        ResponseFrame taken = response;
        response = null;
        return taken;
    }
}
