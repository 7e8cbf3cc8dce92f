package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.RandomRequests;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with 64 MB of heap whose clients are hostile or unlucky, all but one; that one is served all along. Each trial is
 * there twice: for seconds in every build, and in full with the tag {@code chaos}. Figures are printed.
 */
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class A_broker_among_hostile_clients {

    private static final String HEAP = System.getProperty("millrace.hostile.heap", "64m");
    private static final int REQUESTS = Integer.getInteger("millrace.hostile.requests", 1_000_000);
    private static final int CONNECTIONS = Integer.getInteger("millrace.hostile.connections", 10_000);
    private static final int THREADS = 8;
    private static final int MEGABYTE = 1_000_000;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void closeAll() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private KillableBroker start(Map<String, String> more) throws Exception {
        Map<String, String> settings = new HashMap<>();
        settings.put("offsets.topic.num.partitions", "2");
        settings.put("transaction.state.log.num.partitions", "2");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.putAll(more);
        KillableBroker broker = new KillableBroker(folder, settings, List.of("-Xmx" + HEAP, "-Xss512k"));
        broker.awaitReady();
        createTopics(broker, Map.of(), "sound");
        return broker;
    }

    private static void createTopics(KillableBroker broker, Map<String, String> configs, String... names)
            throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(Stream.of(names)
                            .map(name -> new NewTopic(name, 1, (short) 1).configs(configs))
                            .toList())
                    .all()
                    .get();
        }
    }

    private Socket connect(KillableBroker broker) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port());
        sockets.add(socket);
        return socket;
    }

    /** Of what the broker says of a failure, with where it came from. */
    private static final int TRACE_LINES = 40;

    private long linesWith(String words, KillableBroker broker) throws IOException {
        try (Stream<String> lines = Files.lines(broker.output())) {
            return lines.filter(line -> line.contains(words)).count();
        }
    }

    private void assertNothingBroke(KillableBroker broker) throws IOException {
        assertThat(broker.isAlive()).isTrue();
        List<String> lines = Files.readAllLines(broker.output());
        List<String> told = new ArrayList<>();
        for (int i = 0; i < lines.size() && told.size() < TRACE_LINES; i++) {
            if (lines.get(i).contains("SEVERE") || lines.get(i).contains("Exception in thread")) {
                told.addAll(lines.subList(i, Math.min(lines.size(), i + TRACE_LINES)));
            }
        }
        assertThat(told).isEmpty();
    }

    // Mutated requests

    @Test
    void answers_or_closes_whatever_is_requested() throws Exception {
        mutated(6_000);
    }

    @Test
    @Tag("chaos")
    void answers_or_closes_whatever_is_requested_a_million_times() throws Exception {
        mutated(REQUESTS);
    }

    private void mutated(int count) throws Exception {
        long seed = Long.getLong(
                "millrace.hostile.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (KillableBroker broker = start(Map.of());
                SoundClient sound = new SoundClient(broker.bootstrapServers(), "sound")) {
            createTopics(broker, Map.of(), "fuzzed");
            GuidedRequests requests = new GuidedRequests(random, randomRequests(broker, random));
            new HostileConnections(broker.port(), requests, Math.max(2_000, count / 10)).run(THREADS);
            Footprint before = settled(broker);
            System.out.println("after a tenth: " + before);
            HostileConnections hostile = new HostileConnections(broker.port(), requests, count);
            long begun = System.nanoTime();
            hostile.run(THREADS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            Footprint after = settled(broker);
            System.out.printf(
                    "%d requests over %d connections in %.0f s: %s%n",
                    hostile.sent(), hostile.connections(), seconds, requests.figures());
            System.out.println(sound.end());
            System.out.println("at the end: " + after);
            System.out.println("lines of log: " + linesWith("", broker) + ", of closed connections: "
                    + linesWith("Connection closed", broker));
            assertNothingBroke(broker);
            assertThat(linesWith("Connection closed", broker)).isLessThanOrEqualTo(hostile.connections() * 2L);
            assertThat(after.threads()).isLessThanOrEqualTo(before.threads() + 2);
            assertThat(after.directBytes()).isLessThan(before.directBytes() + 20L * MEGABYTE);
            assertThat(after.heapBytes()).isLessThan(40L * MEGABYTE);
        }
    }

    private static RandomRequests randomRequests(KillableBroker broker, Random random) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            Uuid topicId = admin.describeTopics(List.of("fuzzed"))
                    .allTopicNames()
                    .get()
                    .get("fuzzed")
                    .topicId();
            return new RandomRequests(
                    random,
                    List.copyOf(ApiKeys.clientApis()),
                    List.of("fuzzed", "", "group", "id", "range", "consumer", "roundrobin", "x-1"),
                    List.of(topicId, Uuid.ZERO_UUID, Uuid.METADATA_TOPIC_ID));
        }
    }

    /** Once the broker has seen the end of the connections. */
    private static Footprint settled(KillableBroker broker) throws Exception {
        Footprint[] last = {broker.measure()};
        Awaitility.await()
                .atMost(5, TimeUnit.MINUTES)
                .pollInterval(1, TimeUnit.SECONDS)
                .until(() -> {
                    int before = last[0].files();
                    last[0] = broker.measure();
                    return last[0].files() >= before;
                });
        return last[0];
    }

    // Idle connections

    @Test
    void keeps_idle_connections_for_little_and_not_for_ever() throws Exception {
        idle(300, 2_000);
    }

    @Test
    @Tag("chaos")
    void keeps_ten_thousand_idle_connections_for_little_and_not_for_ever() throws Exception {
        idle(CONNECTIONS, 40_000);
    }

    private void idle(int count, int idleMs) throws Exception {
        try (KillableBroker broker = start(Map.of("connections.max.idle.ms", Integer.toString(idleMs)));
                SoundClient sound = new SoundClient(broker.bootstrapServers(), "sound")) {
            Awaitility.await().until(() -> sound.written() > 20);
            Footprint before = broker.measure();
            byte[] request = framed(new MetadataRequest.Builder(List.of("sound"), false)
                    .build((short) 12)
                    .serializeWithHeader(new RequestHeader(ApiKeys.METADATA, (short) 12, "idle", 1)));
            for (int i = 0; i < count; i++) {
                Socket socket = connect(broker);
                if (i % 2 == 0) {
                    socket.getOutputStream().write(request);
                    int size = ByteBuffer.wrap(socket.getInputStream().readNBytes(4))
                            .getInt();
                    socket.getInputStream().readNBytes(size);
                }
            }
            Footprint with = broker.measure();
            System.out.println("before:           " + before);
            System.out.println("with " + count + " idle: " + with);
            System.out.printf(
                    "for each: %d bytes of resident memory, %d of heap, %d direct%n",
                    (with.residentBytes() - before.residentBytes()) / count,
                    (with.heapBytes() - before.heapBytes()) / count,
                    (with.directBytes() - before.directBytes()) / count);
            int open = with.files() - before.files();
            for (Socket socket : sockets) {
                socket.setSoTimeout(idleMs * 3 + 60_000);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
            Footprint after = settled(broker);
            System.out.println("after they were closed: " + after);
            System.out.println(sound.end());
            assertNothingBroke(broker);
            assertThat(open).isGreaterThan(count * 9 / 10);
            assertThat((with.heapBytes() - before.heapBytes()) / count).isLessThan(5_000);
            assertThat(after.files()).isLessThan(before.files() + 10);
        }
    }

    private static byte[] framed(ByteBuffer request) {
        return ByteBuffer.allocate(4 + request.remaining())
                .putInt(request.remaining())
                .put(request)
                .array();
    }

    // Clients that do not read

    @Test
    void holds_little_for_clients_that_never_read_and_closes_them() throws Exception {
        neverReading(20, 2_000);
    }

    @Test
    @Tag("chaos")
    void holds_little_for_many_clients_that_never_read_and_closes_them() throws Exception {
        neverReading(500, 20_000);
    }

    private void neverReading(int count, int idleMs) throws Exception {
        try (KillableBroker broker = start(Map.of("connections.max.idle.ms", Integer.toString(idleMs)));
                SoundClient sound = new SoundClient(broker.bootstrapServers(), "sound")) {
            Footprint before = broker.measure();
            // Long names in the request make for as long a response, which nobody takes.
            List<String> names = Stream.generate(() -> "n".repeat(240)).limit(1).toList();
            List<String> topics = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                topics.add(names.get(0).substring(4) + i);
            }
            byte[] request = framed(new MetadataRequest.Builder(topics, false)
                    .build((short) 12)
                    .serializeWithHeader(new RequestHeader(ApiKeys.METADATA, (short) 12, "deaf", 1)));
            long taken = 0;
            List<SocketChannel> channels = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 8_192);
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
                channel.configureBlocking(false);
                channels.add(channel);
            }
            ByteBuffer requests = ByteBuffer.allocate(200 * request.length);
            for (int i = 0; i < 200; i++) {
                requests.put(request);
            }
            for (int round = 0; round < 10; round++) {
                for (SocketChannel channel : channels) {
                    try {
                        taken += channel.write(requests.flip());
                    } catch (IOException closed) {
                        // It has been idle for too long meanwhile.
                    }
                    requests.limit(requests.capacity());
                }
            }
            Footprint with = broker.measure();
            System.out.println("before: " + before);
            System.out.printf("with %d that never read, %.1f MB of requests sent: %s%n", count, taken / 1e6, with);
            Awaitility.await()
                    .atMost(idleMs * 4L + 30_000, TimeUnit.MILLISECONDS)
                    .until(() -> {
                        return broker.measure().files() < before.files() + 10;
                    });
            System.out.println("after they were closed: " + broker.measure());
            System.out.println(sound.end());
            assertNothingBroke(broker);
            assertThat(with.directBytes()).isLessThan(64L * MEGABYTE);
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    // Requests that claim much, and come slowly

    @Test
    void spends_nothing_on_what_requests_claim() throws Exception {
        claims(100, 200_000);
    }

    @Test
    @Tag("chaos")
    void spends_nothing_on_what_thousands_of_requests_claim() throws Exception {
        claims(3_000, 200_000);
    }

    /** Two gigabytes, and as much as may be; then a part of it comes, until the broker takes no more. */
    private void claims(int count, int partBytes) throws Exception {
        try (KillableBroker broker = start(Map.of());
                SoundClient sound = new SoundClient(broker.bootstrapServers(), "sound")) {
            Footprint before = broker.measure();
            for (int i = 0; i < 100; i++) {
                Socket socket = connect(broker);
                socket.getOutputStream()
                        .write(ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).array());
                socket.setSoTimeout(20_000);
                assertThat(closes(socket)).isTrue();
            }
            assertThat(linesWith("Connection closed", broker)).isBetween(1L, 100L);
            List<SocketChannel> channels = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), broker.port()));
                channel.write(
                        ByteBuffer.allocate(8).putInt(10_000_000).putInt(0).flip());
                channel.configureBlocking(false);
                channels.add(channel);
            }
            Footprint claimed = broker.measure();
            System.out.println("before:                          " + before);
            System.out.println(count + " that claim 10 MB each: " + claimed);
            long sent = 0;
            for (int round = 0; round < partBytes / 20_000; round++) {
                for (SocketChannel channel : channels) {
                    try {
                        sent += channel.write(ByteBuffer.allocate(20_000));
                    } catch (IOException closed) {
                        // It has kept others waiting.
                    }
                }
            }
            Footprint parts = broker.measure();
            System.out.printf("with %.1f MB of it sent: %s%n", sent / 1e6, parts);
            long writtenBefore = sound.written();
            Awaitility.await().atMost(1, TimeUnit.MINUTES).until(() -> sound.written() > writtenBefore + 20);
            System.out.println(sound.end());
            for (SocketChannel channel : channels) {
                channel.close();
            }
            System.out.println("after they have gone: " + settled(broker) + "; closed for being slow: "
                    + linesWith("too slowly", broker));
            assertNothingBroke(broker);
            assertThat(claimed.directBytes()).isLessThan(before.directBytes() + 30L * MEGABYTE);
            assertThat(parts.directBytes()).isLessThan(64L * MEGABYTE);
        }
    }

    private static boolean closes(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    // Records that become more than they are

    @Test
    void opens_no_batch_that_becomes_too_much() throws Exception {
        opens(Bombs.small());
    }

    @Test
    @Tag("chaos")
    void opens_no_batch_that_becomes_gigabytes() throws Exception {
        Map<String, ByteBuffer> all = new LinkedHashMap<>(Bombs.large());
        all.putAll(Bombs.small());
        opens(all);
    }

    private void opens(Map<String, ByteBuffer> bombs) throws Exception {
        try (KillableBroker broker = start(Map.of("log.cleaner.backoff.ms", "500"));
                SoundClient sound = new SoundClient(broker.bootstrapServers(), "sound")) {
            createTopics(broker, Map.of(), "as-it-comes");
            createTopics(broker, Map.of("compression.type", "uncompressed"), "uncompressed");
            createTopics(broker, Map.of("compression.type", "zstd"), "zstd");
            createTopics(broker, Map.of("compression.type", "gzip"), "gzip");
            createTopics(
                    broker,
                    Map.of("cleanup.policy", "compact", "min.cleanable.dirty.ratio", "0.001", "segment.ms", "100"),
                    "compacted");
            Footprint before = broker.measure();
            System.out.println("before: " + before);
            long residentMax = 0;
            for (Map.Entry<String, ByteBuffer> bomb : bombs.entrySet()) {
                StringBuilder line = new StringBuilder("%-40s %7d bytes:"
                        .formatted(bomb.getKey(), bomb.getValue().remaining()));
                for (String topic : List.of("as-it-comes", "uncompressed", "zstd", "gzip", "compacted")) {
                    long begun = System.nanoTime();
                    Errors error = produce(broker, topic, bomb.getValue());
                    line.append(' ')
                            .append(topic)
                            .append(' ')
                            .append(error)
                            .append(" %d ms".formatted(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)));
                    assertThat(error)
                            .as(bomb.getKey() + " to " + topic)
                            .isIn(Errors.MESSAGE_TOO_LARGE, Errors.INVALID_RECORD);
                }
                Footprint after = broker.measure();
                residentMax = Math.max(residentMax, after.residentBytes());
                System.out.println(line + "; " + after);
            }
            System.out.println(sound.end());
            assertNothingBroke(broker);
            assertThat(broker.measure().heapBytes()).isLessThan(before.heapBytes() + 20L * MEGABYTE);
            assertThat(residentMax).isLessThan(400L * MEGABYTE);
        }
    }

    @Test
    void names_a_codec_that_is_none_in_every_version() throws Exception {
        try (KillableBroker broker = start(Map.of())) {
            for (short version = ApiKeys.PRODUCE.oldestVersion(); version <= 9; version++) {
                assertThat(produce(broker, "sound", Bombs.inNoCodec(), version))
                        .as("version %d", version)
                        .isEqualTo(Errors.UNSUPPORTED_COMPRESSION_TYPE);
            }
            assertNothingBroke(broker);
        }
    }

    private Errors produce(KillableBroker broker, String topic, ByteBuffer batch) throws IOException {
        return produce(broker, topic, batch, (short) 9);
    }

    private Errors produce(KillableBroker broker, String topic, ByteBuffer batch, short version) throws IOException {
        ProduceRequestData data = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(60_000);
        data.topicData()
                .add(new ProduceRequestData.TopicProduceData()
                        .setName(topic)
                        .setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                                .setRecords(MemoryRecords.readableRecords(batch.duplicate())))));
        ProduceRequest request = new ProduceRequest(data, version);
        RequestHeader header = new RequestHeader(ApiKeys.PRODUCE, version, "bomber", 1);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(framed(request.serializeWithHeader(header)));
            int size = ByteBuffer.wrap(socket.getInputStream().readNBytes(4)).getInt();
            ByteBuffer response = ByteBuffer.wrap(socket.getInputStream().readNBytes(size));
            ProduceResponse parsed = (ProduceResponse) AbstractResponse.parseResponse(response, header);
            return Errors.forCode(parsed.data()
                    .responses()
                    .iterator()
                    .next()
                    .partitionResponses()
                    .get(0)
                    .errorCode());
        }
    }
}
