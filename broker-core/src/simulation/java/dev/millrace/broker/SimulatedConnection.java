package dev.millrace.broker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A client's connection: requests arrive in order, answers come in that same order. When it breaks, what has arrived is still
 * done, and what has not may yet arrive, for nobody knows when the other end has read the last of it.
 */
final class SimulatedConnection {

    /** Longer than anything in the broker may take, with every loop held up for a while. */
    private static final long ANSWER_MS_MAX = 45_000;

    /** One request and its answer. */
    private static final class Exchange {
        private final Supplier<ApiMessage> request;
        private final int version;
        private final Consumer<ApiMessage> answered;
        private final Runnable lost;
        private final boolean delayable;
        private long arrivedMs = -1;
        private ApiKeys key;
        private ApiMessage answer;

        Exchange(
                Supplier<ApiMessage> request,
                int version,
                boolean delayable,
                Consumer<ApiMessage> answered,
                Runnable lost) {
            this.request = request;
            this.version = version;
            this.delayable = delayable;
            this.answered = answered;
            this.lost = lost;
        }
    }

    private final SimulatedNode node;
    private final Deque<Exchange> exchanges = new ArrayDeque<>();
    private final List<Deque<Runnable>> late;
    private final Consumer<String> trace;
    private final String name;

    /** @param late takes what arrives after the connection is gone, in its order */
    SimulatedConnection(String name, SimulatedNode node, List<Deque<Runnable>> late, Consumer<String> trace) {
        this.name = name;
        this.node = node;
        this.late = late;
        this.trace = trace;
    }

    /**
     * @param request makes the request: brokers write to the bytes of record batches
     * @param delayable whether it may arrive after the connection is gone
     * @param lost runs when the connection breaks before the answer was read
     */
    void send(
            Supplier<ApiMessage> request,
            int version,
            boolean delayable,
            Consumer<ApiMessage> answered,
            Runnable lost) {
        exchanges.add(new Exchange(request, version, delayable, answered, lost));
    }

    int inFlight() {
        return exchanges.size();
    }

    boolean canDeliver() {
        return node.isServing() && exchanges.stream().anyMatch(exchange -> exchange.arrivedMs < 0);
    }

    /** The next request arrives. */
    void deliver(long nowMs) {
        for (Exchange exchange : exchanges) {
            if (exchange.arrivedMs < 0) {
                exchange.arrivedMs = nowMs;
                ApiMessage message = exchange.request.get();
                exchange.key = ApiKeys.forId(message.apiKey());
                trace.accept(name + " > " + exchange.key);
                node.send(message, exchange.version, answer -> exchange.answer = answer);
                return;
            }
        }
    }

    boolean canReceive() {
        return !exchanges.isEmpty() && exchanges.getFirst().answer != null;
    }

    /** The client reads the next answer. */
    void receive() {
        Exchange exchange = exchanges.removeFirst();
        exchange.answered.accept(exchange.answer);
    }

    void breakOff(boolean brokerDies) {
        trace.accept(name + " loses its connection");
        Deque<Exchange> lost = new ArrayDeque<>(exchanges);
        exchanges.clear();
        Deque<Runnable> arriving = new ArrayDeque<>();
        for (Exchange exchange : lost) {
            if (exchange.arrivedMs < 0 && exchange.delayable && !brokerDies) {
                arriving.add(() -> arriveLate(exchange));
            }
        }
        if (!arriving.isEmpty()) {
            late.add(arriving);
        }
        lost.forEach(exchange -> exchange.lost.run());
    }

    private void arriveLate(Exchange exchange) {
        ApiMessage message = exchange.request.get();
        trace.accept(name + " > late " + ApiKeys.forId(message.apiKey()));
        node.send(message, exchange.version, answer -> {});
    }

    /** Nobody waits for ever. */
    void check(long nowMs) {
        for (Exchange exchange : exchanges) {
            if (exchange.arrivedMs >= 0 && exchange.answer == null && nowMs - exchange.arrivedMs > ANSWER_MS_MAX) {
                throw new AssertionError(name + " got no answer to " + exchange.key + " for " + ANSWER_MS_MAX + " ms");
            }
        }
    }
}
