package dev.millrace.broker.chaos;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes one record after the other, each acknowledged before the next, and keeps the longest time that one took. */
final class SoundClient implements AutoCloseable {

    private static final int PAUSE_MS = 5;

    private final KafkaProducer<String, String> producer;
    private final String topic;
    private final Thread thread;
    private volatile boolean ended;
    private volatile Exception failure;
    private volatile long written;
    private volatile long nanosMax;

    SoundClient(String bootstrapServers, String topic) {
        this.topic = topic;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 0),
                new StringSerializer(),
                new StringSerializer());
        this.thread = new Thread(this::write, "sound-client");
        thread.start();
    }

    private void write() {
        try {
            while (!ended) {
                long begun = System.nanoTime();
                producer.send(new ProducerRecord<>(topic, "sound", "record " + written))
                        .get();
                nanosMax = Math.max(nanosMax, System.nanoTime() - begun);
                written++;
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    long written() {
        return written;
    }

    /** That it was served all along; a line of figures. */
    String end() throws Exception {
        ended = true;
        thread.join();
        if (failure != null) {
            throw new AssertionError("A sound client was not served", failure);
        }
        return "a sound client: " + written + " records, the slowest took " + TimeUnit.NANOSECONDS.toMillis(nanosMax)
                + " ms";
    }

    @Override
    public void close() {
        ended = true;
        producer.close();
    }
}
