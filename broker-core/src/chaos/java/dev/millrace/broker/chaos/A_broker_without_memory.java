package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.thread.ProcessHalt;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Its heap is small, and members that join take it bit by bit until a loop has none. The test is the supervisor that starts it
 * again.
 */
@Tag("chaos")
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class A_broker_without_memory {

    private static final int LIVES = Integer.getInteger("millrace.chaos.lives", 3);
    private static final int PARTITIONS = 3;
    private static final int END_SECONDS_MAX = 240;
    private static final int METADATA_BYTES = 4_000;

    /** Enough for the broker to have taken in what a connection has sent. */
    private static final int ANSWER_MS_MAX = 10;

    /** So many wait for their answer at a time. */
    private static final int JOINS_IN_FLIGHT = 5;

    /** Clients warn of every attempt to connect; held here, or the level would be forgotten. */
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    @TempDir
    Path folder;

    @Test
    void ends_by_itself_and_has_everything_when_it_comes_back() throws Exception {
        CLIENTS.setLevel(Level.SEVERE);
        long seed =
                Long.getLong("millrace.chaos.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        Map<String, String> settings = Map.of(
                "process.roles", "broker,controller",
                "offsets.topic.num.partitions", "3",
                // Nobody who joins is let go before there is no memory left.
                "group.initial.rebalance.delay.ms", "3600000",
                "group.max.session.timeout.ms", "3600000");
        try (KillableBroker broker =
                        new KillableBroker(folder, settings, List.of("-Xmx24m", "-XX:MaxDirectMemorySize=64m"));
                IdempotentLoad load = new IdempotentLoad(
                        "i", broker.bootstrapServers(), "load", PARTITIONS, new Random(random.nextLong()))) {
            broker.awaitReady();
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("load", PARTITIONS, (short) 1)))
                        .all()
                        .get();
                // To look for a coordinator is what creates its topic.
                admin.listConsumerGroupOffsets("g0").all().get();
            }
            load.start();
            for (int life = 1; life <= LIVES; life++) {
                assertThat(endOf(broker)).isEqualTo(ProcessHalt.STATUS);
                assertThat(haltsIn(broker.output()))
                        .as(Files.readString(broker.output()))
                        .hasSize(life);
                System.out.println(load.acknowledged() + " records acknowledged; "
                        + haltsIn(broker.output()).get(life - 1));
                broker.start();
                broker.awaitReady();
                long before = load.acknowledged();
                Awaitility.await().atMost(2, TimeUnit.MINUTES).until(() -> {
                    load.check();
                    return load.acknowledged() > before + 100;
                });
            }
            load.end();
            Reading reading = new Reading("reader", broker.bootstrapServers(), "load", PARTITIONS);
            reading.finish();
            assertThat(new History(reading.seen()).violations(List.of(load), List.of()))
                    .isEmpty();
        }
    }

    private static List<String> haltsIn(Path output) throws IOException {
        try (var lines = Files.lines(output)) {
            return lines.filter(line -> line.contains("The process halts, for an Error"))
                    .toList();
        }
    }

    /** Loads the broker with more than it can hold. */
    private static int endOf(KillableBroker broker) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        List<Thread> joining = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            String group = "g" + i;
            Thread thread = new Thread(() -> join(broker.port(), group, ended), "joining-" + i);
            thread.setDaemon(true);
            thread.start();
            joining.add(thread);
        }
        try {
            return broker.awaitEnd(END_SECONDS_MAX);
        } finally {
            ended.set(true);
            for (Thread thread : joining) {
                thread.join();
            }
        }
    }

    /** Members that nobody ever hears of again, on one connection after the other. */
    private static void join(int port, String group, AtomicBoolean ended) {
        while (!ended.get()) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(ANSWER_MS_MAX);
                for (int i = 0; i < JOINS_IN_FLIGHT; i++) {
                    socket.getOutputStream().write(joinRequest(group, i));
                }
                // Not one is answered before it is known; then the next connection has its turn.
                InputStream answers = socket.getInputStream();
                answers.read();
            } catch (IOException full) {
                // No answer so soon, or no memory for this connection just now.
            }
        }
    }

    private static byte[] joinRequest(String group, int correlationId) {
        JoinGroupRequestProtocolCollection protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("p").setMetadata(new byte[METADATA_BYTES]));
        JoinGroupRequest request = new JoinGroupRequest(
                new JoinGroupRequestData()
                        .setGroupId(group)
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(3_600_000)
                        .setRebalanceTimeoutMs(3_600_000)
                        .setMemberId("")
                        .setProtocols(protocols),
                (short) 3);
        ByteBuffer bytes = request.serializeWithHeader(
                new RequestHeader(ApiKeys.JOIN_GROUP, request.version(), "joining", correlationId));
        return ByteBuffer.allocate(Integer.BYTES + bytes.remaining())
                .putInt(bytes.remaining())
                .put(bytes)
                .array();
    }
}
