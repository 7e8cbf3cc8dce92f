package dev.millrace.broker;

import dev.millrace.broker.ProducedTransactions.Outcome;
import dev.millrace.broker.simulation.Interleaving;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Producers of several transactional ids and a broker: every message, task, timer and disk operation in an order by lot, and
 * faults between them. When all is over, nothing hangs and every promise is kept.
 */
final class SimulatedProducers {

    private static final int PARTITIONS = 3;
    private static final int CALM_TURNS_MAX = 400_000;
    private static final int TRACE_MAX = Integer.getInteger("millrace.simulation.trace", 120);
    private static final int TIMEOUT_MS = 3_000;

    /**
     * @param levels of transaction.version, one after the other
     * @param producers how many, each with a transactional id of its own
     * @param turns how many turns there are, under all levels together
     * @param forces whether records count only once they are forced to the disk
     * @param timesOut whether transactions may come to their time-outs
     */
    record Plan(List<Integer> levels, int producers, int turns, boolean forces, boolean timesOut) {}

    private final Plan plan;
    private final Random random;
    private final Interleaving turns;
    private final SimulatedNode node;
    private final ProducedTransactions ledger = new ProducedTransactions();
    private final List<ModelProducer> producers = new ArrayList<>();
    /** What is left in the connections that clients have given up. */
    private final List<Deque<Runnable>> late = new ArrayList<>();

    private final Deque<String> trace = new ArrayDeque<>();
    private boolean full;

    SimulatedProducers(long seed, Plan plan) {
        this.plan = plan;
        random = new Random(seed);
        turns = new Interleaving(random, 1_700_000_000_000L);
        Map<String, String> settings = new HashMap<>();
        if (plan.forces()) {
            settings.put("log.flush.interval.messages", "1");
        }
        node = new SimulatedNode(seed, turns, PARTITIONS, settings);
        changeLevel(plan.levels().get(0));
        for (int i = 0; i < plan.producers(); i++) {
            String id = "id-" + i;
            SimulatedConnection connection = new SimulatedConnection(id, node, late, this::note);
            producers.add(new ModelProducer(
                    id,
                    node,
                    turns,
                    ledger,
                    connection,
                    new ModelProducer.Habits(PARTITIONS, plan.timesOut() ? TIMEOUT_MS : 900_000, plan.timesOut()),
                    random,
                    this::note));
        }
    }

    private void note(String what) {
        if (trace.size() == TRACE_MAX) {
            trace.remove();
        }
        trace.add(turns.nowMs() % 1_000_000 + " " + what);
    }

    /** What happened last. */
    String trace() {
        return String.join("\n", trace);
    }

    long committed() {
        return ledger.count(Outcome.COMMITTED);
    }

    void run() {
        for (int level : plan.levels()) {
            changeLevel(level);
            for (int i = 0; i < plan.turns() / plan.levels().size(); i++) {
                if (random.nextInt(250) == 0) {
                    fail();
                }
                turn(200);
            }
        }
        calmDown();
        check();
    }

    private void changeLevel(int level) {
        if (node.level() != level) {
            node.finalizeLevel(level);
            for (int i = 0; node.level() != level; i++) {
                if (i > 10_000) {
                    throw new AssertionError("transaction.version does not become " + level);
                }
                if (!node.step()) {
                    turns.advance(1);
                }
            }
            producers.forEach(producer -> producer.loseConnection(false));
        }
    }

    /** Somebody does something, or time passes. */
    private void turn(int lateOneIn) {
        if (random.nextInt(30) == 0) {
            turns.advance(1 + random.nextInt(20));
        }
        if (!late.isEmpty() && random.nextInt(lateOneIn) == 0) {
            arriveLate(late.get(random.nextInt(late.size())));
        }
        if (!(random.nextInt(3) == 0 ? act() || node.step() : node.step() || act())) {
            turns.advance(1 + random.nextInt(10));
        }
        long nowMs = turns.nowMs();
        producers.forEach(producer -> producer.connection().check(nowMs));
    }

    private void arriveLate(Deque<Runnable> requests) {
        requests.remove().run();
        if (requests.isEmpty() || random.nextInt(4) == 0) {
            late.remove(requests);
        }
    }

    private boolean act() {
        int first = random.nextInt(producers.size());
        for (int i = 0; i < producers.size(); i++) {
            ModelProducer producer = producers.get((first + i) % producers.size());
            SimulatedConnection connection = producer.connection();
            int dice = random.nextInt(3);
            if (dice == 0 && connection.canDeliver()) {
                connection.deliver(turns.nowMs());
                return true;
            } else if (dice == 1 && connection.canReceive()) {
                connection.receive();
                return true;
            } else if (dice == 2 && producer.act()) {
                return true;
            }
        }
        return false;
    }

    private void fail() {
        ModelProducer producer = producers.get(random.nextInt(producers.size()));
        switch (random.nextInt(12)) {
            case 0 -> {
                note("the broker is killed");
                late.clear();
                node.restart();
                producers.forEach(client -> client.loseConnection(true));
            }
            case 1 -> {
                note("a new term begins");
                node.beginTerm();
            }
            case 2 -> producer.restart();
            case 3, 4 -> producer.giveUpOnBatch();
            case 5, 6 -> {
                long heldMs = random.nextInt(2_000);
                int loop = random.nextInt(4);
                note("loop " + loop + " is held up for " + heldMs);
                turns.hold(loop, turns.nowMs() + heldMs);
            }
            case 7 -> {
                full = !full;
                note(full ? "the disk is full" : "the disk has room");
                fill();
            }
            case 8 -> {
                if (plan.timesOut()) {
                    turns.advance(random.nextInt(2 * TIMEOUT_MS));
                }
            }
            default -> producer.loseConnection(false);
        }
    }

    private void fill() {
        if (full) {
            node.disk().leaveRoomFor(random.nextInt(1_000));
        } else {
            node.disk().makeRoom();
        }
    }

    /** No faults any more, and everybody comes to an end. */
    private void calmDown() {
        note("all is calm");
        full = false;
        fill();
        producers.forEach(ModelProducer::stop);
        for (int i = 0; !producers.stream().allMatch(ModelProducer::isAtRest) || !late.isEmpty(); i++) {
            if (i > CALM_TURNS_MAX) {
                throw new AssertionError("somebody does not come to an end: "
                        + producers.stream()
                                .filter(producer -> !producer.isAtRest())
                                .toList());
            }
            turn(10);
        }
        for (int i = 0; i < 50; i++) {
            while (node.step()) {
                // until there is nothing to do for now
            }
            turns.advance(100);
        }
    }

    private void check() {
        if (!plan.timesOut() && !node.hanging().isEmpty()) {
            throw new AssertionError("transactions hang: " + node.hanging());
        }
        ledger.check(node, PARTITIONS);
        for (int i = 0; i < producers.size(); i++) {
            ledger.checkOffset("id-" + i, committedOffset(producers.get(i).groupId()));
        }
    }

    private long committedOffset(String groupId) {
        OffsetFetchRequestData request = new OffsetFetchRequestData()
                .setGroupId(groupId)
                .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName(SimulatedNode.TOPIC)
                        .setPartitionIndexes(List.of(0))));
        ApiMessage[] answer = {null};
        node.send(request, 5, got -> answer[0] = got);
        while (answer[0] == null && node.step()) {
            // until it is answered
        }
        return ((OffsetFetchResponseData) answer[0])
                .topics()
                .get(0)
                .partitions()
                .get(0)
                .committedOffset();
    }
}
