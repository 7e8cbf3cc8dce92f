package dev.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever comes in at the port: no handler breaks, no buffer leaks, and other clients are served. How many requests is said
 * by {@code -Dmillrace.fuzz.requests}; {@code -Dmillrace.fuzz.seed} makes those of an earlier run.
 */
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class A_fuzzed_port {

    private static final int REQUESTS = Integer.getInteger("millrace.fuzz.requests", 4_000);
    private static final int REQUESTS_PER_CONNECTION_MAX = 40;

    @TempDir
    Path directory;

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final Logger root = Logger.getLogger("");
    private final Handler listening = new Handler() {
        @Override
        public void publish(LogRecord record) {
            if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
                errors.add(record.getLoggerName() + ": " + record.getMessage() + ": " + record.getThrown());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private final Logger broker = Logger.getLogger("dev.millrace.broker.network");
    private final ResourceLeakDetector.Level leakDetection = ResourceLeakDetector.getLevel();

    @BeforeEach
    void listen() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        root.addHandler(listening);
        broker.setLevel(Level.SEVERE); // thousands of connections are closed with a warning
    }

    @AfterEach
    void stopListening() {
        root.removeHandler(listening);
        broker.setLevel(null);
        ResourceLeakDetector.setLevel(leakDetection);
    }

    @Test
    void breaks_no_handler_and_leaks_nothing() throws Exception {
        long seed =
                Long.getLong("millrace.fuzz.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed);
        try (RunningBroker running = RunningBroker.in(directory)) {
            running.createTopic("fuzzed", 2);
            Uuid topicId = running.admin()
                    .describeTopics(List.of("fuzzed"))
                    .allTopicNames()
                    .get()
                    .get("fuzzed")
                    .topicId();
            Random random = new Random(seed);
            List<ApiKeys> keys = served();
            List<String> words = List.of("fuzzed", "", "group", "id", "range", "consumer", "roundrobin", "x-1");
            RandomRequests requests =
                    new RandomRequests(random, keys, words, List.of(topicId, Uuid.ZERO_UUID, Uuid.METADATA_TOPIC_ID));
            int sent = 0;
            while (sent < REQUESTS) {
                sent += abuse(running.port(), requests, random);
                if (errors.size() > 20) {
                    break;
                }
            }
            assertThat(running.admin().describeCluster().nodes().get()).hasSize(1);
            running.admin()
                    .createTopics(List.of(new NewTopic("after", 1, (short) 1)))
                    .all()
                    .get();
        }
        revealLeaks();
        assertThat(errors).isEmpty();
    }

    private static List<ApiKeys> served() {
        List<ApiKeys> keys = new ArrayList<>();
        for (ApiKeys key : ApiKeys.clientApis()) {
            keys.add(key);
        }
        return keys;
    }

    /** One connection, until the broker has enough of it. */
    private static int abuse(int port, RandomRequests requests, Random random) throws IOException {
        int count = 1 + random.nextInt(REQUESTS_PER_CONNECTION_MAX);
        int sent = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            while (sent < count) {
                sent++;
                socket.getOutputStream().write(requests.next());
                if (socket.getInputStream().available() > 0) {
                    socket.getInputStream().skip(socket.getInputStream().available());
                }
            }
            if (random.nextInt(4) > 0) {
                // Everything that is on its way is read by the broker before the end is.
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            }
        } catch (SocketException closed) {
            return sent; // by the broker, as it should be
        }
        return sent;
    }

    /** They are reported when something is allocated after the garbage collector has found them. */
    private static void revealLeaks() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            for (int j = 0; j < 100; j++) {
                ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(16);
                buffer.release();
            }
        }
    }
}
