package dev.millrace.broker.chaos;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Connections that send what nobody should, each until the broker has enough of it or all of it is answered. */
final class HostileConnections {

    private static final int REQUESTS_PER_CONNECTION = 40;
    private static final int SILENCE_MS_MAX = 60_000;

    /** Some requests wait for something to happen, and some have no answer. */
    private static final int ANSWER_MS_MAX = 30;

    /** One connection in so many has all its requests at once. */
    private static final int BURSTS_ONE_IN = 8;

    private final int port;
    private final GuidedRequests requests;
    private final int requestsMax;
    private final AtomicInteger sent = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger closedByBroker = new AtomicInteger();
    private volatile Exception failure;

    HostileConnections(int port, GuidedRequests requests, int requestsMax) {
        this.port = port;
        this.requests = requests;
        this.requestsMax = requestsMax;
    }

    void run(int threads) throws Exception {
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(this::abuseUntilDone, "hostile-" + i);
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        if (failure != null) {
            throw failure;
        }
    }

    int sent() {
        return sent.get();
    }

    int connections() {
        return connections.get();
    }

    int closedByBroker() {
        return closedByBroker.get();
    }

    private void abuseUntilDone() {
        try {
            while (failure == null && sent.get() < requestsMax) {
                abuse();
                int done = connections.incrementAndGet();
                if (done % 10_000 == 0) {
                    System.out.println(sent + " requests over " + done + " connections: " + requests.figures());
                }
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    private void abuse() throws IOException {
        boolean burst = sent.get() / REQUESTS_PER_CONNECTION % BURSTS_ONE_IN == 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            if (burst) {
                sendAtOnce(socket);
            } else {
                sendOneByOne(socket);
            }
            socket.setSoLinger(true, 0); // or the ports of this machine would not do for a million of them
        } catch (SocketException | EOFException closed) {
            closedByBroker.incrementAndGet(); // as it should be
        }
    }

    /** What the answers are is not seen: the first bad request has the connection reset. */
    private void sendAtOnce(Socket socket) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        int size = 0;
        for (int id = 0; id < REQUESTS_PER_CONNECTION; id++) {
            byte[] frame = requests.next(id);
            frames.add(frame);
            size += frame.length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        frames.forEach(all::put);
        sent.addAndGet(REQUESTS_PER_CONNECTION);
        socket.setSoTimeout(SILENCE_MS_MAX);
        socket.getOutputStream().write(all.array());
        // Everything that is on its way is read by the broker before the end is.
        socket.shutdownOutput();
        socket.getInputStream().readAllBytes();
    }

    private void sendOneByOne(Socket socket) throws IOException {
        socket.setSoTimeout(ANSWER_MS_MAX);
        for (int id = 0; id < REQUESTS_PER_CONNECTION; id++) {
            byte[] request = requests.next(id);
            sent.incrementAndGet();
            try {
                socket.getOutputStream().write(request);
                requests.onOutcome(request, response(socket));
            } catch (SocketTimeoutException e) {
                requests.onSilence(request);
                return;
            } catch (SocketException | EOFException closed) {
                requests.onOutcome(request, null);
                throw closed;
            }
        }
    }

    private static byte[] response(Socket socket) throws IOException {
        byte[] size = socket.getInputStream().readNBytes(4);
        if (size.length < 4) {
            throw new EOFException();
        }
        return socket.getInputStream().readNBytes(ByteBuffer.wrap(size).getInt());
    }
}
