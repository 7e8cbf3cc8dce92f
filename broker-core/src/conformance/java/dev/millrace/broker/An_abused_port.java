package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What strangers can do to the broker's port, none of which may reach its other clients. */
@Timeout(60)
class An_abused_port {

    @TempDir
    static Path directory;

    private static RunningBroker broker;

    @BeforeAll
    static void start() {
        broker = RunningBroker.in(directory);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @AfterEach
    void others_are_served_all_the_while() throws Exception {
        assertThat(broker.admin().describeCluster().nodes().get()).hasSize(1);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void closesAfter(byte[] bytes) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(bytes);
            assertThat(readToEnd(socket)).isEmpty();
        }
    }

    private static byte[] readToEnd(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException e) {
            // Reset instead of closed, for bytes were left unread.
            return new byte[0];
        }
    }

    private static byte[] framed(ByteBuffer request) {
        return ByteBuffer.allocate(4 + request.remaining())
                .putInt(request.remaining())
                .put(request)
                .array();
    }

    @Test
    void closes_on_garbage() throws IOException {
        Random random = new Random(42);
        for (int i = 0; i < 50; i++) {
            byte[] garbage = new byte[64];
            random.nextBytes(garbage);
            ByteBuffer.wrap(garbage).putInt(60);
            closesAfter(garbage);
        }
    }

    @Test
    void closes_on_another_protocol() throws IOException {
        closesAfter("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void closes_on_a_request_that_claims_two_gigabytes() throws IOException {
        closesAfter(new byte[] {0x7f, -1, -1, -1, 0, 0, 0, 0});
    }

    @Test
    void closes_on_a_key_and_on_a_version_that_it_does_not_serve() throws IOException {
        closesAfter(new byte[] {0, 0, 0, 12, 0, 4, 0, 0, 0, 0, 0, 1, 0, 1, 'x', 0});
        closesAfter(new byte[] {0, 0, 0, 12, 0, 3, 0, 99, 0, 0, 0, 1, 0, 1, 'x', 0});
    }

    @Test
    void spends_no_memory_on_large_requests_that_do_not_come() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = connect();
                sockets.add(socket);
                // 100 MB each, 20 GB in all.
                socket.getOutputStream().write(new byte[] {0x06, 0, 0, 0, 0, 0});
            }
            others_are_served_all_the_while();
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void survives_requests_that_end_in_the_middle() throws IOException {
        for (int i = 0; i < 20; i++) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(new byte[] {0, 0, 1, 0, 0, 3, 0});
            }
        }
    }

    @Test
    void answers_in_order_a_client_that_sends_without_waiting() throws IOException {
        int count = 1000;
        MetadataRequest request = MetadataRequest.Builder.allTopics().build((short) 12);
        try (Socket socket = connect()) {
            Thread sender = new Thread(() -> {
                try {
                    OutputStream out = socket.getOutputStream();
                    for (int id = 0; id < count; id++) {
                        out.write(framed(request.serializeWithHeader(
                                new RequestHeader(ApiKeys.METADATA, (short) 12, "rude", id))));
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            InputStream in = socket.getInputStream();
            for (int id = 0; id < count; id++) {
                int size = ByteBuffer.wrap(in.readNBytes(4)).getInt();
                ByteBuffer response = ByteBuffer.wrap(in.readNBytes(size));
                assertThat(response.getInt()).isEqualTo(id);
            }
        }
    }

    @Test
    void stops_reading_from_a_client_that_never_reads() throws Exception {
        broker.createTopic("unread", 1);
        try (Producer<String, String> producer = broker.producer(Map.of("enable.idempotence", false))) {
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>("unread", "z".repeat(500_000)));
            }
        }
        byte[] fetch = framed(fetchOf("unread"));
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", broker.port()))) {
            channel.configureBlocking(false);
            // Were the broker to go on reading, it would take these for ever.
            long[] accepted = {0};
            Awaitility.await().until(() -> {
                long before = accepted[0];
                ByteBuffer requests = ByteBuffer.allocate(fetch.length * 1000);
                while (requests.hasRemaining()) {
                    requests.put(fetch);
                }
                requests.flip();
                accepted[0] += channel.write(requests);
                return accepted[0] == before;
            });
            assertThat(accepted[0]).isLessThan(64L << 20);
            others_are_served_all_the_while();
        }
    }

    private static ByteBuffer fetchOf(String topic) {
        FetchRequest request = FetchRequest.Builder.forConsumer(
                        (short) 12,
                        0,
                        1,
                        Map.of(
                                new TopicPartition(topic, 0),
                                new FetchRequest.PartitionData(
                                        Uuid.ZERO_UUID, 0, 0, 10 << 20, java.util.Optional.empty())))
                .build((short) 12);
        return request.serializeWithHeader(new RequestHeader(ApiKeys.FETCH, (short) 12, "rude", 1));
    }
}
