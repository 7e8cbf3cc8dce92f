package dev.millrace.connect.worker.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The storage topics as logs that are written to and, by one thread, read from the beginning for ever. One consumer and one
 * producer serve all of them: a worker without connectors is to cost next to nothing.
 */
public final class StorageLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StorageLog.class);

    private static final Duration POLL = Duration.ofSeconds(5);
    private static final Duration AFTER_ERROR = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    /** For one write, or one reading to the end. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Consumer<byte[], byte[]> consumer;
    private final Producer<byte[], byte[]> producer;
    private final Map<String, Reader> readers;
    private final Map<String, List<TopicPartition>> partitions = new HashMap<>();
    private final Queue<ReadToEnd> requests = new ConcurrentLinkedQueue<>();
    private final List<ReadToEnd> underWay = new ArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable String error;

    /** Takes the records of a topic, in the order of each partition, on the thread of the log. */
    public interface Reader {
        void read(ConsumerRecord<byte[], byte[]> record);
    }

    private static final class ReadToEnd {
        private final String topic;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private Map<TopicPartition, Long> ends = Map.of();

        private ReadToEnd(String topic) {
            this.topic = topic;
        }
    }

    /** @param readers by topic; the clients become this log's own */
    public StorageLog(
            Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer, Map<String, Reader> readers) {
        this.consumer = consumer;
        this.producer = producer;
        this.readers = Map.copyOf(readers);
        this.thread = new Thread(this::run, "connect-storage");
        this.thread.setDaemon(true);
    }

    /**
     * Reads all topics to their ends, then goes on reading on a thread of its own.
     *
     * @param partitionCounts by topic
     * @throws ConnectException when that takes longer than {@link #TIMEOUT} allows
     */
    public void start(Map<String, Integer> partitionCounts) {
        List<TopicPartition> all = new ArrayList<>();
        partitionCounts.forEach((topic, count) -> {
            List<TopicPartition> ofTopic = new ArrayList<>();
            for (int partition = 0; partition < count; partition++) {
                ofTopic.add(new TopicPartition(topic, partition));
            }
            partitions.put(topic, ofTopic);
            all.addAll(ofTopic);
        });
        consumer.assign(all);
        consumer.seekToBeginning(all);
        List<CompletableFuture<Void>> caughtUp =
                partitionCounts.keySet().stream().map(this::readToEnd).toList();
        thread.start();
        caughtUp.forEach(future -> await(future, "the storage topics " + partitionCounts.keySet()));
    }

    /** Done once everything that was in the topic at the time of the call has been handed to its reader. */
    public CompletableFuture<Void> readToEnd(String topic) {
        ReadToEnd request = new ReadToEnd(topic);
        requests.add(request);
        consumer.wakeup();
        if (closing.getCount() == 0) {
            request.done.completeExceptionally(new ConnectException("The worker is stopping"));
        }
        return request.done;
    }

    /** As {@link #readToEnd}, waiting for it. */
    public void readToEndNow(String topic) {
        await(readToEnd(topic), "topic " + topic);
    }

    private static void await(CompletableFuture<Void> read, String what) {
        try {
            read.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new ConnectException(
                    "Could not read " + what + " to the end within " + TIMEOUT.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new ConnectException("Could not read " + what + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted while " + what + " was read", e);
        }
    }

    /** Done once the record is acknowledged. */
    public CompletableFuture<RecordMetadata> append(String topic, byte[] key, byte @Nullable [] value) {
        CompletableFuture<RecordMetadata> appended = new CompletableFuture<>();
        try {
            producer.send(new ProducerRecord<>(topic, key, value), (metadata, failure) -> {
                if (failure == null) {
                    appended.complete(metadata);
                } else {
                    appended.completeExceptionally(failure);
                }
            });
        } catch (KafkaException | IllegalStateException e) { // The latter when it is closed.
            appended.completeExceptionally(e);
        }
        return appended;
    }

    /** What keeps the log from being read at the moment; null while all is well. */
    public @Nullable String error() {
        return error;
    }

    private void run() {
        while (closing.getCount() > 0) {
            try {
                beginReadsToEnd();
                ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    hand(record);
                }
                error = null;
                endReadsToEnd();
            } catch (WakeupException e) {
                LOG.trace("Woken to look at requests");
            } catch (KafkaException e) {
                LOG.error("Storage topics cannot be read, will try again: {}", e.getMessage(), e);
                error = e.getMessage();
                waitAfterError();
            }
        }
        ConnectException stopping = new ConnectException("The worker is stopping");
        requests.forEach(request -> request.done.completeExceptionally(stopping));
        underWay.forEach(request -> request.done.completeExceptionally(stopping));
        consumer.close(CloseOptions.timeout(CLOSE));
    }

    private void hand(ConsumerRecord<byte[], byte[]> record) {
        Reader reader = readers.get(record.topic());
        if (reader == null || record.key() == null) {
            return;
        }
        try {
            reader.read(record);
        } catch (RuntimeException e) {
            LOG.error(
                    "Skipped a storage record: topic={} partition={} offset={}",
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    e);
        }
    }

    private void beginReadsToEnd() {
        List<ReadToEnd> begun = new ArrayList<>();
        ReadToEnd next;
        while ((next = requests.poll()) != null) {
            begun.add(next);
        }
        if (begun.isEmpty()) {
            return;
        }
        Collection<TopicPartition> asked = begun.stream()
                .flatMap(read -> partitionsOf(read.topic).stream())
                .distinct()
                .toList();
        try {
            Map<TopicPartition, Long> ends = consumer.endOffsets(asked);
            for (ReadToEnd read : begun) {
                read.ends = new HashMap<>(ends);
                read.ends.keySet().retainAll(partitionsOf(read.topic));
            }
            underWay.addAll(begun);
        } catch (WakeupException e) {
            // A request came meanwhile. To poll now would let all of them wait for it: begin again.
            requests.addAll(begun);
            throw e;
        } catch (KafkaException e) {
            begun.forEach(read -> read.done.completeExceptionally(e));
        }
        endReadsToEnd();
    }

    private List<TopicPartition> partitionsOf(String topic) {
        return partitions.getOrDefault(topic, List.of());
    }

    private void endReadsToEnd() {
        for (Iterator<ReadToEnd> reads = underWay.iterator(); reads.hasNext(); ) {
            ReadToEnd read = reads.next();
            read.ends
                    .entrySet()
                    .removeIf(end -> end.getValue() == 0 || consumer.position(end.getKey()) >= end.getValue());
            if (read.ends.isEmpty()) {
                reads.remove();
                read.done.complete(null);
            }
        }
    }

    private void waitAfterError() {
        try {
            closing.await(AFTER_ERROR.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closing.countDown();
        }
    }

    @Override
    public void close() {
        closing.countDown();
        consumer.wakeup();
        try {
            thread.join(CLOSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        producer.close(CLOSE);
    }
}
