package dev.millrace.broker.network;

import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.ApiTable;
import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.thread.FatalErrors;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/**
 * The broker's listeners. {@link #bind} takes the ports, so that they are known; {@link #start} lets connections in.
 *
 * <p>NIO rather than epoll: its socket channels are what a file channel can sendfile to.
 */
public final class NetworkServer implements AutoCloseable {

    private static final long DRAIN_MS_MAX = 3_000;

    /** 4 MiB of direct memory at a time and per thread, instead of what fits a machine with many cores. */
    private static final int ARENA_MAX_ORDER = 9;

    private static final int PAGE_BYTES = 8192;

    private final NetworkConfig config;
    private final ClientQuotas quotas;
    private final FatalErrors fatal;
    private final EventLoopGroup loops;
    private final Connections connections;
    private final List<Channel> bound = new ArrayList<>();
    private final AtomicLong accepted = new AtomicLong();

    private volatile boolean closing;

    /** Null until connections are let in. */
    private volatile @Nullable ApiTable table;

    public NetworkServer(NetworkConfig config, ClientQuotas quotas, FatalErrors fatal) {
        this.config = config;
        this.quotas = quotas;
        this.fatal = fatal;
        this.loops = new MultiThreadIoEventLoopGroup(config.threads(), new LoopThreads(), NioIoHandler.newFactory());
        this.connections =
                new Connections(new RequestMemory(config.queuedBytesMax()), config.connections(), quotas, fatal);
    }

    /**
     * Takes every listener's port. Clients can connect from here on, and wait.
     *
     * @return the listeners, with the ports they got
     * @throws ConfigException naming the address when one can't be had; none is taken then
     */
    public List<Endpoint> bind() {
        PooledByteBufAllocator allocator =
                new PooledByteBufAllocator(true, 0, config.threads(), PAGE_BYTES, ARENA_MAX_ORDER, 256, 64, false);
        List<Endpoint> endpoints = new ArrayList<>();
        try {
            for (Endpoint listener : config.listeners()) {
                Channel channel = bind(listener, allocator);
                bound.add(channel);
                int port = ((InetSocketAddress) channel.localAddress()).getPort();
                endpoints.add(new Endpoint(listener.listener(), listener.securityProtocol(), listener.host(), port));
            }
        } catch (ConfigException e) {
            close();
            throw e;
        }
        return endpoints;
    }

    private Channel bind(Endpoint listener, PooledByteBufAllocator allocator) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, config.backlog())
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ServerChannelRecvByteBufAllocator().maxMessagesPerRead(1))
                .handler(new Acceptor(listener.listener(), connections))
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        fatal.guard("listener " + listener.listener(), () -> onAccepted(channel, listener));
                    }
                });
        if (config.sendBufferBytes() >= 0) {
            bootstrap.childOption(ChannelOption.SO_SNDBUF, config.sendBufferBytes());
        }
        if (config.receiveBufferBytes() >= 0) {
            // On the listening socket: the TCP window of a connection is agreed upon before it is accepted.
            bootstrap.option(ChannelOption.SO_RCVBUF, config.receiveBufferBytes());
        }
        InetSocketAddress address = listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(listener.host(), listener.port());
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw unbound(listener, binding.cause());
        }
        return binding.channel();
    }

    private static ConfigException unbound(Endpoint listener, Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        String address = listener.listener() + "://" + listener.host() + ":" + listener.port();
        String reason = cause instanceof UnresolvedAddressException
                ? "this host name is not known here"
                : String.valueOf(cause.getMessage());
        ConfigException error = new ConfigException("listeners=" + address + ": can't listen there: " + reason
                + ". End the process that has the address, or choose another one.");
        error.initCause(cause);
        return error;
    }

    /** From now on no more than so many are let in; of those that are in beyond it the ones go that were not used for longest. */
    public void limitConnections(ConnectionLimits limits) {
        connections.limit(limits);
    }

    /** Lets connections in and serves them by the table. */
    public void start(ApiTable apiTable) {
        table = apiTable;
        bound.forEach(channel -> channel.config().setAutoRead(true));
    }

    private void onAccepted(SocketChannel channel, Endpoint listener) {
        ApiRequest.Peer peer = peer(channel, listener);
        FrameReader frames = new FrameReader(config.requestBytesMax(), channel.alloc());
        // A listener's security protocol puts its handlers in front of this one, and then reads into buffers of its
        // own.
        channel.config().setRecvByteBufAllocator(new FrugalReads(connections.requestMemory(), frames));
        channel.pipeline()
                .addLast(new Connection(peer, config, Objects.requireNonNull(table), quotas, connections, frames));
    }

    private ApiRequest.Peer peer(SocketChannel channel, Endpoint listener) {
        InetSocketAddress local = channel.localAddress();
        InetSocketAddress remote = channel.remoteAddress();
        String host = remote.getAddress().getHostAddress();
        String id = local.getAddress().getHostAddress() + ":" + local.getPort() + "-" + host + ":" + remote.getPort()
                + "-" + accepted.getAndIncrement();
        return new ApiRequest.Peer(
                id, "/" + host, remote.getPort(), "User:ANONYMOUS", listener.listener(), ApiRequest.Software.UNKNOWN);
    }

    /** Lets nobody in any more, answers what is under way, within bounds, and closes every connection. Idempotent. */
    public void drain() {
        bound.forEach(channel -> channel.close().awaitUninterruptibly());
        connections.drain(DRAIN_MS_MAX);
    }

    /** Drains, and ends the threads. Idempotent. */
    @Override
    public void close() {
        drain();
        closing = true;
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    /** A loop whose thread ends leaves its connections, and its part of the listeners, to nobody. */
    private final class LoopThreads extends DefaultThreadFactory {

        LoopThreads() {
            super("millrace-network", true);
        }

        @Override
        public Thread newThread(Runnable loop) {
            return super.newThread(() -> {
                loop.run();
                if (!closing) {
                    fatal.onError("network loop", new IllegalStateException("A network loop has ended"));
                }
            });
        }
    }
}
