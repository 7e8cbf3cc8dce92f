package dev.millrace.broker;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * A network between clients and a broker that can keep a request, as a slow link or a paused machine would: the client's
 * connection breaks, the request arrives later, or a second time.
 */
final class HoldingProxy implements AutoCloseable {

    /** A request that has not arrived yet. */
    record Held(byte[] frame) {

        RequestHeader header() {
            return RequestHeader.parse(ByteBuffer.wrap(frame));
        }
    }

    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<Held> held = new CopyOnWriteArrayList<>();
    private volatile int brokerPort;
    private volatile Predicate<ApiKeys> swallow = key -> false;
    private volatile Predicate<ApiKeys> copy = key -> false;

    HoldingProxy() throws IOException {
        server = new ServerSocket(0);
        daemon(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void connectTo(int port) {
        brokerPort = port;
    }

    /** The next request of this kind is kept, and the connection that it came by breaks. */
    void swallowNext(ApiKeys kind) {
        swallow = key -> key == kind;
    }

    /** A copy is kept of every request of this kind, as of something that will be delivered twice. */
    void copyAll(ApiKeys kind) {
        copy = key -> key == kind;
    }

    List<Held> held() {
        return held;
    }

    /** Lets a kept request arrive, by a connection of its own; returns once it was answered. */
    byte[] deliver(Held request) throws IOException {
        try (Socket broker = new Socket("127.0.0.1", brokerPort)) {
            write(broker.getOutputStream(), request.frame());
            return read(new DataInputStream(broker.getInputStream()));
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket broker = new Socket("127.0.0.1", brokerPort);
                client.setTcpNoDelay(true);
                broker.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(broker);
                daemon(() -> forward(client, broker));
                daemon(() -> transfer(broker, client));
            }
        } catch (IOException e) {
            ensureClosed(e);
        }
    }

    private void ensureClosed(IOException e) {
        if (!server.isClosed()) {
            throw new IllegalStateException(e);
        }
    }

    private void forward(Socket client, Socket broker) {
        try (client;
                broker) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            while (true) {
                byte[] frame = read(in);
                ApiKeys key = ApiKeys.forId(ByteBuffer.wrap(frame).getShort());
                if (swallow.test(key)) {
                    swallow = none -> false;
                    held.add(new Held(frame));
                    return;
                }
                if (copy.test(key)) {
                    held.add(new Held(frame));
                }
                write(broker.getOutputStream(), frame);
            }
        } catch (EOFException | SocketException e) {
            // One of the two has gone.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void transfer(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            in.transferTo(to.getOutputStream());
        } catch (SocketException e) {
            // One of the two has gone.
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] read(DataInputStream in) throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return frame;
    }

    private static void write(OutputStream out, byte[] frame) throws IOException {
        out.write(ByteBuffer.allocate(Integer.BYTES + frame.length)
                .putInt(frame.length)
                .put(frame)
                .array());
        out.flush();
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "holding-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
