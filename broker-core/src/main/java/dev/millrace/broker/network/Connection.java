package dev.millrace.broker.network;

import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.wire.RequestCodec;
import dev.millrace.broker.wire.ResponseCodec;
import dev.millrace.broker.wire.ResponseFrame;
import dev.millrace.broker.wire.ThrottleTime;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: bytes in, requests to their handlers, responses out in the order of the requests. Everything
 * but {@link #onAnswer}, {@link #onUnanswerable} and {@link #drain} runs on the connection's loop.
 *
 * <p>It reads only while what is in flight is within bounds, so that a client which sends without reading is held up by TCP,
 * not by memory:
 *
 * <pre>
 *   socket -> FrameReader -> decode -> handler ~~ any thread ~~> encode -> in flight, in request order -> socket
 *      ^                                                                              |
 *      +---------------------------- read on, while within bounds --------------------+
 * </pre>
 */
final class Connection extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** Changes when the client says what it is. */
    private ApiRequest.Peer peer;

    private final Idleness idleness;
    private final ApiTable table;
    private final ClientQuotas quotas;
    private final RequestCodec codec;
    private final Connections all;
    private final FrameReader frames;
    private final MemoryShare memory;
    private final int structuredBytesMax;
    private final InFlight inFlight;

    @SuppressWarnings("NullAway.Init") // set when the handler joins its pipeline, before anything else is called
    private ChannelHandlerContext context;

    @SuppressWarnings("NullAway.Init") // as the context is
    private ResponseQueue responses;

    private boolean inRead;
    private boolean heldUp;
    private boolean stallCheckScheduled;

    private boolean muted;
    private boolean draining;
    private boolean closed;

    Connection(
            ApiRequest.Peer peer,
            NetworkConfig config,
            ApiTable table,
            ClientQuotas quotas,
            Connections all,
            FrameReader frames) {
        this.quotas = quotas;
        this.peer = peer;
        this.idleness = new Idleness(this, config.idleMsMax(), System.nanoTime());
        this.table = table;
        this.codec = new RequestCodec(table.versions());
        this.all = all;
        this.frames = frames;
        this.memory = new MemoryShare(all.requestMemory(), this::readOn);
        this.structuredBytesMax = config.structuredBytesMax();
        this.inFlight = new InFlight(all.requestMemory(), all.unsentResponses());
    }

    ApiRequest.Peer peer() {
        return peer;
    }

    /** When something went over it last, by {@link System#nanoTime}. Any thread. */
    long lastActiveNanos() {
        return idleness.lastActiveNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        responses = new ResponseQueue(this, ctx);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        if (!all.add(this)) {
            closed = true;
            ctx.close();
            return;
        }
        idleness.start(ctx.channel());
        ctx.read();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closed = true;
        idleness.stop();
        frames.close();
        responses.release();
        inFlight.onClosed();
        account();
        memory.leave();
        all.remove(this);
        table.onDisconnected(peer);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (closed) {
            bytes.release();
            return;
        }
        idleness.onActive(System.nanoTime());
        memory.onReceived(bytes.readableBytes());
        frames.spare(memory.bytesFree());
        frames.add(bytes);
        inRead = true;
        handleFrames();
        account();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        inRead = false;
        ctx.flush();
        goOn();
    }

    /**
     * Whatever is thrown on this connection's loop comes here. The memory for requests and responses is shared, and handlers
     * may be standing in for a partition's loop: after an Error there is no telling what is half done.
     */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Error) {
            all.fatal().onError("connection " + peer.connectionId(), cause);
        }
        if (cause instanceof IOException) {
            LOG.debug("Connection lost: connection={}, reason={}", peer.connectionId(), cause.getMessage());
        } else if (!closed) {
            all.logClosed(peer, cause);
        }
        closed = true;
        ctx.close();
    }

    private boolean isFull() {
        return draining || muted || inFlight.isFull();
    }

    private void account() {
        memory.set(frames.bytesHeld() + inFlight.requestBytes());
    }

    /** Takes up what was received already, then reads; both only while there is room. */
    private void goOn() {
        heldUp = false;
        handleFrames();
        account();
        if (closed) {
            return;
        }
        heldUp = isFull() || !memory.mayRead(frames.isAmidFrame());
        if (!heldUp) {
            if (memory.isOverdrawing() && !stallCheckScheduled) {
                checkStallLater();
            }
            context.read();
        }
    }

    /** There may be memory again. Any thread. */
    private void readOn() {
        onLoop(this::goOnIfHeldUp, () -> {});
    }

    private void goOnIfHeldUp() {
        if (heldUp && !closed && !isFull()) {
            goOn();
        }
    }

    private void checkStallLater() {
        stallCheckScheduled = true;
        long receivedBefore = memory.bytesReceived();
        schedule(() -> checkStall(receivedBefore), MemoryShare.STALL_MS, TimeUnit.MILLISECONDS);
    }

    private void checkStall(long receivedBefore) {
        stallCheckScheduled = false;
        if (closed) {
            return;
        }
        if (memory.keepsOthersWaiting(receivedBefore)) {
            closeFor("the rest of its request comes too slowly while others wait for queued.max.request.bytes");
        } else if (memory.isOverdrawing()) {
            checkStallLater();
        }
    }

    void closeIdle() {
        if (!closed) {
            LOG.debug("Connection closed, for it is idle: connection={}", peer.connectionId());
            context.close();
        }
    }

    private void closeFor(String reason) {
        if (!closed) {
            all.logClosed(peer, reason);
            closed = true;
            context.close();
        }
    }

    private void handleFrames() {
        try {
            while (!closed && !isFull()) {
                ByteBuf frame = NoMemoryException.allocating(frames::next);
                if (frame == null) {
                    return;
                }
                handle(frame);
            }
        } catch (ApiException e) {
            closeFor(String.valueOf(e.getMessage()));
        }
    }

    private void handle(ByteBuf frame) {
        RequestCodec.Decoded request;
        try {
            codec.requireDecodable(frame.nioBuffer(), structuredBytesMax);
            // A request may claim more elements than there is memory for.
            request = NoMemoryException.allocating(() -> codec.decode(frame.nioBuffer()));
        } catch (RuntimeException | Error e) {
            frame.release();
            throw e;
        }
        Exchange exchange = new Exchange(this, request, frame);
        responses.add(exchange);
        inFlight.onRequest(exchange.bytesHeld());
        memory.onWhole(exchange);
        if (request.body() instanceof ApiVersionsRequest about) {
            peer = peer.with(ApiRequest.Software.of(about));
        }
        if (quotas.isEmpty()) {
            table.dispatch(new ApiRequest<>(request.header(), request.body(), peer), exchange);
            return;
        }
        exchange.onHandling(System.nanoTime());
        table.dispatch(new ApiRequest<>(request.header(), request.body(), peer), exchange);
        exchange.onHandled(System.nanoTime());
    }

    /** Any thread. */
    void onAnswer(Exchange exchange, ApiMessage answer) {
        onLoop(() -> complete(exchange, answer), () -> {
            ResponseCodec.release(answer);
            exchange.releaseRequest();
        });
    }

    /** A request without response has failed, which its client is to learn by losing the connection. Any thread. */
    void onUnanswerable(Exchange exchange) {
        onLoop(() -> closeUnanswered(exchange), exchange::releaseRequest);
    }

    /** Netty keeps what a task or a listener throws to itself. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            exceptionCaught(context, e);
        }
    }

    Future<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return context.executor().schedule(() -> run(task), delay, unit);
    }

    /** @param otherwise when the loop has ended, and the connection with it */
    private void onLoop(Runnable task, Runnable otherwise) {
        if (context.executor().inEventLoop()) {
            task.run();
            return;
        }
        try {
            context.executor().execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.debug("Answer after the end: connection={}", peer.connectionId());
            otherwise.run();
        }
    }

    private void complete(Exchange exchange, ApiMessage answer) {
        if (closed) {
            ResponseCodec.release(answer);
            releaseRequest(exchange);
            return;
        }
        if (!exchange.expectsResponse() && Exchange.hasError(answer)) {
            closeUnanswered(exchange);
            return;
        }
        if (!quotas.isEmpty()) {
            holdUp(exchange, answer);
        }
        ResponseFrame response = exchange.expectsResponse() ? encode(exchange, answer) : null;
        releaseRequest(exchange);
        exchange.complete(response);
        inFlight.onResponse(exchange.bytesHeld());
        responses.sendReady();
        if (!inRead) {
            responses.flushSoon();
        }
    }

    private void releaseRequest(Exchange exchange) {
        inFlight.onReleased(exchange.bytesHeld());
        exchange.releaseRequest();
        account();
        memory.onReleased(exchange);
    }

    /** Tells a client that has used more than its quota so, at once, and hears it no more for that long (KIP-219). */
    private void holdUp(Exchange exchange, ApiMessage answer) {
        String clientId = exchange.request().header().clientId();
        double percent = exchange.busyNanos(System.nanoTime()) * 100.0 / TimeUnit.SECONDS.toNanos(1);
        int busyMs = quotas.use(
                ClientQuotas.Kind.REQUEST_PERCENTAGE,
                peer.principal(),
                clientId == null ? "" : clientId,
                percent,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
        int heldUpMs = Math.max(busyMs, ThrottleTime.of(answer));
        if (heldUpMs > 0) {
            ThrottleTime.set(answer, heldUpMs);
            muted = true;
            schedule(this::unmute, heldUpMs, TimeUnit.MILLISECONDS);
        }
    }

    private void unmute() {
        muted = false;
        goOnIfHeldUp();
    }

    private void closeUnanswered(Exchange exchange) {
        releaseRequest(exchange);
        context.close();
    }

    /** Null when the connection had to be closed. */
    private @Nullable ResponseFrame encode(Exchange exchange, ApiMessage answer) {
        ResponseFrame response;
        try {
            response = AnswerEncoding.encode(exchange.request(), answer, context.alloc(), peer.connectionId());
        } catch (OutOfMemoryError e) {
            closeFor(e.toString());
            return null;
        }
        if (response == null) {
            context.close();
        }
        return response;
    }

    void onWritten(Exchange exchange, @Nullable Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            // Netty has made a copy for the socket, and nothing else was under way.
            closeFor(failure.toString());
        } else if (failure != null) {
            exceptionCaught(context, failure);
        }
        onSent(exchange);
    }

    void onSent(Exchange exchange) {
        idleness.onActive(System.nanoTime());
        inFlight.onSent(exchange.bytesHeld());
        if (draining) {
            closeIfDrained();
        } else {
            goOnIfHeldUp();
        }
    }

    /** Takes no more requests, answers those that are under way, and closes. Any thread. */
    void drain() {
        onLoop(
                () -> {
                    draining = true;
                    closeIfDrained();
                },
                () -> {});
    }

    /** Closes at once. Any thread. */
    void close() {
        context.close();
    }

    private void closeIfDrained() {
        if (inFlight.requests() == responses.size() && !responses.isWorthWaitingFor()) {
            context.close();
        }
    }
}
