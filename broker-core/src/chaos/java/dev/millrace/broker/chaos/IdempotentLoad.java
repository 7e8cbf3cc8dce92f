package dev.millrace.broker.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** An idempotent producer that numbers its records and remembers where it was told that they are. */
final class IdempotentLoad extends Load {

    private static final int IN_FLIGHT_MAX = 500;

    /** Offset of a record that is not acknowledged. */
    static final long UNKNOWN = -1;

    /** @param offset {@link #UNKNOWN} until it was acknowledged */
    record Sent(int partition, long offset) {}

    private final String name;
    private final String topic;
    private final int partitions;
    private final Random random;
    private final KafkaProducer<String, String> producer;
    private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    private final List<Sent> sent = new ArrayList<>();
    private long acknowledged;
    private Exception refused;

    IdempotentLoad(String name, String bootstrapServers, String topic, int partitions, Random random) {
        super(name);
        this.name = name;
        this.topic = topic;
        this.partitions = partitions;
        this.random = random;
        this.producer = producer(bootstrapServers, Map.of("enable.idempotence", true));
    }

    String name() {
        return name;
    }

    @Override
    void step() throws Exception {
        inFlight.acquire();
        int number;
        int partition = random.nextInt(partitions);
        synchronized (this) {
            if (refused != null) {
                throw refused;
            }
            number = sent.size();
            sent.add(new Sent(partition, UNKNOWN));
        }
        producer.send(
                new ProducerRecord<>(topic, partition, null, name + ':' + number),
                (metadata, error) -> onAnswer(number, metadata, error));
        if (number % 16 == 0) {
            pause(random, 20);
        }
    }

    private void onAnswer(int number, RecordMetadata metadata, Exception error) {
        inFlight.release();
        synchronized (this) {
            if (error == null) {
                sent.set(number, new Sent(metadata.partition(), metadata.offset()));
                acknowledged++;
            } else if (refused == null) {
                refused = new IllegalStateException("Record " + number + " of " + name + " was given up", error);
            }
        }
    }

    @Override
    void finish() throws Exception {
        producer.flush();
        synchronized (this) {
            if (refused != null) {
                throw refused;
            }
        }
        producer.close();
    }

    @Override
    long progress() {
        return acknowledged();
    }

    synchronized long acknowledged() {
        return acknowledged;
    }

    /** Every record by its number. */
    synchronized List<Sent> sent() {
        return List.copyOf(sent);
    }
}
