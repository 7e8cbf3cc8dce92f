package dev.millrace.broker.network;

import dev.millrace.broker.wire.ResponseFrame;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Set;
import org.apache.kafka.common.protocol.ApiKeys;

/** Has the responses of a connection leave in the order of its requests. Belongs to the connection's loop. */
final class ResponseQueue {

    /** Requests that wait for something to happen: a shutdown does not wait for them. */
    private static final Set<ApiKeys> WAITING_BY_NATURE =
            EnumSet.of(ApiKeys.FETCH, ApiKeys.JOIN_GROUP, ApiKeys.SYNC_GROUP);

    private final Connection connection;
    private final ChannelHandlerContext context;

    /** In the order of the requests; those whose response was handed to the socket are not here any more. */
    private final ArrayDeque<Exchange> exchanges = new ArrayDeque<>();

    private boolean flushScheduled;

    ResponseQueue(Connection connection, ChannelHandlerContext context) {
        this.connection = connection;
        this.context = context;
    }

    void add(Exchange exchange) {
        exchanges.add(exchange);
    }

    /** How many were not handed to the socket. */
    int size() {
        return exchanges.size();
    }

    /** An answer that is there, but not sent, stands behind one that is to be waited for. */
    boolean isWorthWaitingFor() {
        for (Exchange exchange : exchanges) {
            if (!exchange.isDone()
                    && !WAITING_BY_NATURE.contains(exchange.request().header().apiKey())) {
                return true;
            }
        }
        return false;
    }

    void sendReady() {
        for (Exchange first = exchanges.peek(); first != null && first.isDone(); first = exchanges.peek()) {
            exchanges.remove();
            send(first);
        }
    }

    private void send(Exchange exchange) {
        ResponseFrame response = exchange.takeResponse();
        if (response == null) {
            connection.onSent(exchange);
            return;
        }
        Iterator<ResponseFrame.Piece> pieces = response.pieces().iterator();
        while (pieces.hasNext()) {
            ChannelFuture written = write(pieces.next());
            if (!pieces.hasNext()) {
                written.addListener(future -> connection.run(() -> connection.onWritten(exchange, future.cause())));
            }
        }
    }

    private ChannelFuture write(ResponseFrame.Piece piece) {
        if (piece instanceof ResponseFrame.Slice inLog) {
            return context.write(new SliceRegion(inLog.slice()));
        }
        return context.write(((ResponseFrame.Bytes) piece).buffer());
    }

    /** One flush for all answers that are waiting in the loop's queue. */
    void flushSoon() {
        if (!flushScheduled) {
            flushScheduled = true;
            context.executor().execute(() -> connection.run(this::flush));
        }
    }

    private void flush() {
        flushScheduled = false;
        context.flush();
    }

    /** Nothing is sent any more. */
    void release() {
        for (Exchange exchange : exchanges) {
            ResponseFrame unsent = exchange.takeResponse();
            if (unsent != null) {
                unsent.release();
            }
        }
        exchanges.clear();
    }
}
