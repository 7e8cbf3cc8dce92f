package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients come from addresses of their own: all of 127.0.0.0/8 is this machine. */
class The_limits_of_connections {

    @TempDir
    Path directory;

    private final List<Socket> sockets = new ArrayList<>();
    private RunningBroker broker;

    @BeforeEach
    void start() {
        broker = RunningBroker.in(
                directory,
                Map.of(
                        "listeners", "PLAINTEXT://127.0.0.1:0,SMALL://127.0.0.1:0",
                        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SMALL:PLAINTEXT",
                        "listener.name.small.max.connections", "4",
                        "max.connections.per.ip.overrides", "127.0.0.3:1"));
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        broker.close();
    }

    private Socket connect(int listener, String from) throws IOException {
        String address = broker.bootstrapServers().split(",")[listener];
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(from), 0);
        sockets.add(socket);
        socket.setSoTimeout(20_000);
        return socket;
    }

    /** Whether it is served; otherwise it was closed. */
    private static boolean asks(Socket socket) throws IOException {
        try {
            ByteBuffer request = new ApiVersionsRequest.Builder()
                    .build((short) 3)
                    .serializeWithHeader(new RequestHeader(ApiKeys.API_VERSIONS, (short) 3, "guest", 1));
            byte[] framed = ByteBuffer.allocate(4 + request.remaining())
                    .putInt(request.remaining())
                    .put(request)
                    .array();
            socket.getOutputStream().write(framed);
            return socket.getInputStream().read() >= 0;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("neither served nor closed", e);
        } catch (IOException reset) {
            return false;
        }
    }

    @Test
    void close_connections_of_an_address_that_has_too_many() throws IOException {
        Socket first = connect(0, "127.0.0.3");
        assertThat(asks(first)).isTrue();
        assertThat(asks(connect(0, "127.0.0.3"))).isFalse();
        assertThat(asks(connect(0, "127.0.0.4"))).isTrue();
    }

    @Test
    void close_connections_of_an_address_that_connects_too_often() throws Exception {
        ClientQuotaEntity address = new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, "127.0.0.2"));
        broker.admin()
                .alterClientQuotas(List.of(new ClientQuotaAlteration(
                        address, List.of(new ClientQuotaAlteration.Op("connection_creation_rate", 1.0)))))
                .all()
                .get();
        int served = 0;
        while (asks(connect(0, "127.0.0.2"))) {
            served++;
            assertThat(served).isLessThan(100);
        }
        assertThat(served).isGreaterThanOrEqualTo(5);
        assertThat(asks(connect(0, "127.0.0.5"))).isTrue();
    }

    @Test
    void have_the_next_one_wait_until_a_connection_of_its_listener_is_closed() throws IOException {
        // The admin client of this test may have taken a place.
        Socket first = connect(1, "127.0.0.1");
        assertThat(asks(first)).isTrue();
        Socket waiting;
        do {
            waiting = connect(1, "127.0.0.1");
            assertThat(sockets).hasSizeLessThan(10);
        } while (isServedAtOnce(waiting));
        assertThat(asks(connect(0, "127.0.0.1"))).isTrue();

        first.close();
        waiting.setSoTimeout(20_000);
        assertThat(waiting.getInputStream().read()).isNotNegative();
    }

    /** Kafka's exemption of the listener that brokers use, where clients have one of their own. */
    @Test
    void have_a_client_go_when_somebody_comes_to_the_listener_of_brokers() throws IOException {
        broker.close();
        broker = RunningBroker.in(
                directory,
                Map.of(
                        "listeners", "PLAINTEXT://127.0.0.1:0,CLIENTS://127.0.0.1:0",
                        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CLIENTS:PLAINTEXT",
                        "max.connections", "4"));
        List<Socket> clients = new ArrayList<>();
        for (Socket client = connect(1, "127.0.0.1"); isServedAtOnce(client); client = connect(1, "127.0.0.1")) {
            clients.add(client);
            assertThat(clients).hasSizeLessThan(10);
        }
        for (int i = 0; i < 4; i++) {
            assertThat(asks(connect(0, "127.0.0.1"))).isTrue();
        }
        for (Socket client : clients) {
            client.setSoTimeout(20_000);
            client.getInputStream().skip(Long.MAX_VALUE);
            assertThat(client.getInputStream().read()).isNegative();
        }
    }

    private static boolean isServedAtOnce(Socket socket) throws IOException {
        socket.setSoTimeout(1_000);
        try {
            return asks(socket);
        } catch (AssertionError waits) {
            return false;
        }
    }
}
