package dev.millrace.broker.network;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Stands at a listener, before what takes connections in: one at a time, and while one waits nobody else is accepted. Belongs to
 * the listener's loop.
 */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private final String listener;
    private final Connections connections;

    /** The one that waits. */
    private @Nullable SocketChannel held;

    private long heldUntilNanos;

    Acceptor(String listener, Connections connections) {
        this.listener = listener;
        this.connections = connections;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        SocketChannel arrived = (SocketChannel) message;
        int waitMs = connections.arrive(listener);
        if (waitMs == 0 && connections.hasRoom(listener)) {
            enter(ctx, arrived);
            return;
        }
        held = arrived;
        heldUntilNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        ctx.channel().config().setAutoRead(false);
        tryAgain(ctx);
    }

    private void tryAgain(ChannelHandlerContext ctx) {
        SocketChannel waiting = held;
        if (waiting == null) {
            return;
        }
        long leftNanos = heldUntilNanos - System.nanoTime();
        if (leftNanos > 0) {
            ctx.executor().schedule(guarded(() -> tryAgain(ctx)), leftNanos, TimeUnit.NANOSECONDS);
        } else if (connections.awaitRoom(listener, () -> ctx.executor().execute(guarded(() -> tryAgain(ctx))))) {
            held = null;
            enter(ctx, waiting);
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void enter(ChannelHandlerContext ctx, SocketChannel arrived) {
        String host = arrived.remoteAddress().getAddress().getHostAddress();
        Door.Verdict verdict = connections.enter(listener, host);
        if (verdict instanceof Door.Admitted) {
            Runnable leave = guarded(() -> connections.leave(listener, host));
            arrived.closeFuture().addListener(closed -> leave.run());
            ctx.fireChannelRead(arrived);
        } else if (verdict instanceof Door.TurnedAwayLater later) {
            ctx.executor().schedule(guarded(() -> close(arrived)), later.afterMs(), TimeUnit.MILLISECONDS);
        } else {
            close(arrived);
        }
    }

    /** Netty keeps what a task throws to itself. */
    private Runnable guarded(Runnable task) {
        return () -> connections.fatal().guard("listener " + listener, task);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Error) {
            connections.fatal().onError("listener " + listener, cause);
        }
        ctx.fireExceptionCaught(cause);
    }

    private static void close(Channel channel) {
        channel.unsafe().closeForcibly();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (held != null) {
            close(held);
            held = null;
        }
        ctx.fireChannelInactive();
    }
}
