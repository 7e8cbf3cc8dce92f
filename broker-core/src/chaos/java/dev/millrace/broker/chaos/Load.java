package dev.millrace.broker.chaos;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A client with a thread of its own that works until it is told to finish, whatever the broker goes through. */
abstract class Load implements AutoCloseable {

    private static final int JOIN_SECONDS_MAX = 120;

    /** Longer than any test: a client that is alive never gives up. */
    static final int PATIENCE_MS = 3_600_000;

    private final Thread thread;
    private volatile boolean finishing;
    private volatile Throwable failure;
    private final AtomicLong steps = new AtomicLong();

    Load(String name) {
        thread = new Thread(this::runToEnd, name);
        thread.setDaemon(true);
    }

    /** Does one thing. */
    abstract void step() throws Exception;

    /** Comes to rest, with the broker there. */
    abstract void finish() throws Exception;

    /** Grows whenever the broker has done something for this client. Any thread. */
    long progress() {
        return steps.get();
    }

    final void start() {
        thread.start();
    }

    private void runToEnd() {
        try {
            while (!finishing) {
                step();
                steps.incrementAndGet();
            }
            finish();
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** Throws what has ended the load before its time. */
    final void check() {
        Throwable cause = failure;
        if (cause != null) {
            throw new AssertionError(thread.getName() + " failed: " + cause, cause);
        }
    }

    /** Tells it to finish, and returns when it has. */
    final void end() throws InterruptedException {
        finishing = true;
        thread.join(TimeUnit.SECONDS.toMillis(JOIN_SECONDS_MAX));
        check();
        if (thread.isAlive()) {
            throw stuck("does not come to an end");
        }
    }

    /** Tells where the client waits. */
    final AssertionError stuck(String how) {
        AssertionError stuck = new AssertionError(thread.getName() + " " + how);
        stuck.setStackTrace(thread.getStackTrace());
        return stuck;
    }

    @Override
    public void close() {
        finishing = true;
        thread.interrupt();
    }

    static void pause(Random random, int millisMax) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L + random.nextInt(millisMax)));
    }

    /** With transactions that are not aborted for their age, however slowly a busy machine starts brokers. */
    static Map<String, Object> transactional(String id) {
        return Map.of("transactional.id", id, "transaction.timeout.ms", 900_000);
    }

    static KafkaProducer<String, String> producer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> config = new java.util.HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "acks",
                "all",
                "delivery.timeout.ms",
                PATIENCE_MS,
                "request.timeout.ms",
                10_000,
                "max.block.ms",
                PATIENCE_MS,
                "reconnect.backoff.ms",
                20,
                "reconnect.backoff.max.ms",
                100,
                "retry.backoff.ms",
                20,
                "retry.backoff.max.ms",
                100,
                "linger.ms",
                2));
        config.putAll(more);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }
}
