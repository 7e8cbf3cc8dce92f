package dev.millrace.broker.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The process dies at any moment, while it starts too, and comes back; its clients are never touched. How often is said by
 * {@code -Dmillrace.chaos.kills}, and {@code -Dmillrace.chaos.seed} has the moments and the loads chosen as in an earlier
 * run.
 */
@Tag("chaos")
@Timeout(value = 90, unit = TimeUnit.MINUTES)
class A_broker_that_is_killed {

    /** With {@code -Dmillrace.chaos.pause.ms} one life in five has a pause of up to so long. */
    private static final int PAUSE_MS_MAX = Integer.getInteger("millrace.chaos.pause.ms", 0);

    private static final int KILLS = Integer.getInteger("millrace.chaos.kills", 20);
    private static final int PARTITIONS = 3;
    private static final int RUN_MS_MAX = 1_200;
    private static final int START_MS_MAX = 700;

    /** So many lives pass for one in which every client has to get on; {@code -Dmillrace.chaos.patient.life.of}. */
    private static final int PATIENT_LIFE_OF = Integer.getInteger("millrace.chaos.patient.life.of", 10);

    /** Clients warn of every attempt to connect; held here, or the level would be forgotten. */
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    @TempDir
    Path folder;

    private final List<Load> all = new ArrayList<>();
    private final List<IdempotentLoad> idempotent = new ArrayList<>();
    private final List<TransactionalLoad> transactional = new ArrayList<>();
    private long startMsSum;
    private long startMsMax;
    private int starts;

    @Test
    void loses_nothing_doubles_nothing_and_tears_no_transaction() throws Exception {
        long seed =
                Long.getLong("millrace.chaos.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("seed " + seed);
        CLIENTS.setLevel(Level.SEVERE);
        Random random = new Random(seed);
        long begun = System.nanoTime();
        try (KillableBroker broker = new KillableBroker(folder, settings())) {
            broker.awaitReady();
            createTopics(broker);
            for (int i = 0; i < 2; i++) {
                idempotent.add(new IdempotentLoad(
                        "i" + i, broker.bootstrapServers(), "load", PARTITIONS, new Random(random.nextLong())));
                transactional.add(new TransactionalLoad(
                        "t" + i, broker.bootstrapServers(), "load", PARTITIONS, new Random(random.nextLong())));
            }
            CopyingLoad copying = new CopyingLoad("copier", broker.bootstrapServers(), "load", "copy");
            Reading live = new Reading("reader", broker.bootstrapServers(), "load", PARTITIONS);
            all.addAll(idempotent);
            all.addAll(transactional);
            all.add(copying);
            all.add(live);
            try {
                all.forEach(Load::start);
                for (int kill = 1; kill <= KILLS; kill++) {
                    killOnce(broker, random);
                    all.forEach(Load::check);
                    if (kill % 25 == 0) {
                        System.out.println(progress(kill, begun));
                    }
                }
                // In this order: who copies or reads comes to the end of what the others wrote.
                for (Load load : all) {
                    load.end();
                }
            } finally {
                all.forEach(Load::close);
            }
            System.out.println(progress(KILLS, begun) + ", " + copying.copied() + " records copied");
            broker.kill();
            broker.start();
            broker.awaitReady();
            verify(broker, live, copying);
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "process.roles", "broker,controller",
                "group.initial.rebalance.delay.ms", "0",
                // So that segments roll, and what rolling leaves behind is recovered from too.
                "log.segment.bytes", "1048576",
                "offsets.topic.segment.bytes", "1048576",
                "transaction.state.log.segment.bytes", "1048576",
                "offsets.topic.num.partitions", "3",
                "transaction.state.log.num.partitions", "3");
    }

    private static void createTopics(KillableBroker broker) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic("load", PARTITIONS, (short) 1), new NewTopic("copy", PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** One life in four ends before the broker is ready, and one in ten in order. */
    private void killOnce(KillableBroker broker, Random random) throws Exception {
        if (random.nextInt(10) == 0) {
            broker.terminate();
        } else {
            broker.kill();
        }
        if (random.nextInt(4) == 0) {
            broker.start();
            waitMs(random.nextInt(START_MS_MAX));
            broker.kill();
        }
        long before = System.nanoTime();
        broker.start();
        broker.awaitReady();
        long startMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
        starts++;
        startMsSum += startMs;
        startMsMax = Math.max(startMsMax, startMs);
        awaitProgress(random);
        waitMs(random.nextInt(RUN_MS_MAX));
        if (PAUSE_MS_MAX > 0 && random.nextInt(5) == 0) {
            broker.pause(random.nextInt(PAUSE_MS_MAX));
            waitMs(random.nextInt(RUN_MS_MAX));
        }
    }

    /** The moment is meant to be any. */
    private static void waitMs(long ms) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    /**
     * Or the broker would be killed again and again before its clients have found it. One life in ten lasts until each of them
     * has got on: what a client waits for in vain, the next kill would hide.
     */
    private void awaitProgress(Random random) {
        Map<Load, Long> before = new LinkedHashMap<>();
        all.forEach(load -> before.put(load, load.progress()));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        boolean enough = false;
        boolean ofAll = random.nextInt(PATIENT_LIFE_OF) == 0;
        while (!enough) {
            all.forEach(Load::check);
            waitMs(10);
            List<Load> standing = all.stream()
                    .filter(load -> load.progress() == before.get(load))
                    .toList();
            enough = ofAll ? standing.isEmpty() : !standing.containsAll(idempotent);
            if (!enough && System.nanoTime() > deadline) {
                throw standing.get(standing.size() - 1).stuck("gets on with nothing for a minute: " + standing.size());
            }
        }
    }

    private long acknowledged() {
        return idempotent.stream().mapToLong(IdempotentLoad::acknowledged).sum();
    }

    private String progress(int kills, long begun) {
        return String.format(
                Locale.ROOT,
                "%d kills in %d s, start %d ms on average, %d ms at most, %d records acknowledged, %d transactions",
                kills,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
                startMsSum / Math.max(1, starts),
                startMsMax,
                acknowledged(),
                transactional.stream()
                        .mapToInt(load -> load.transactions().size())
                        .sum());
    }

    private void verify(KillableBroker broker, Reading live, CopyingLoad copying) throws Exception {
        List<List<Reading.Seen>> load = read(broker, "load");
        assertThat(new History(load).violations(idempotent, transactional)).isEmpty();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertThat(live.seen().get(partition))
                    .as("what a consumer saw meanwhile in partition %d", partition)
                    .isEqualTo(load.get(partition));
            assertThat(values(read(broker, "copy").get(partition)))
                    .as("what was copied exactly once from partition %d", partition)
                    .isEqualTo(values(load.get(partition)));
        }
        List<String> surprises = new ArrayList<>(copying.surprises());
        transactional.forEach(producer -> surprises.addAll(producer.surprises()));
        assertThat(surprises).as("errors that ended a session").isEmpty();
    }

    private static List<String> values(List<Reading.Seen> records) {
        return records.stream().map(Reading.Seen::value).toList();
    }

    private static List<List<Reading.Seen>> read(KillableBroker broker, String topic) throws Exception {
        Reading reading = new Reading("final", broker.bootstrapServers(), topic, PARTITIONS);
        reading.start();
        reading.end();
        return reading.seen();
    }
}
