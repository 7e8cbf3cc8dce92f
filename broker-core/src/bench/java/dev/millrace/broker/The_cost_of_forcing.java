package dev.millrace.broker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What flush.messages=1 costs: producers with acks=all, each of which waits for an answer before it sends again, so that the
 * appends that share a force are those of different producers. Figures are printed, never asserted.
 */
@Tag("bench")
class The_cost_of_forcing {

    private static final int RECORDS = 4_000;

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"default,1", "1,1", "default,16", "1,16"})
    void for_producers_that_wait(String flushMessages, int producers) throws Exception {
        try (RunningBroker broker = RunningBroker.in(directory)) {
            Map<String, String> configs =
                    flushMessages.equals("default") ? Map.of() : Map.of("flush.messages", flushMessages);
            broker.admin()
                    .createTopics(List.of(new NewTopic("forced", 1, (short) 1).configs(configs)))
                    .all()
                    .get();
            run(broker, producers, RECORDS / 10);
            long before = System.nanoTime();
            long[] latencies = run(broker, producers, RECORDS);
            double seconds = (System.nanoTime() - before) / 1e9;
            Arrays.sort(latencies);
            System.out.printf(
                    Locale.ROOT,
                    "flush.messages=%-8s %2d producers %8.0f records/s  p50 %6.2f ms  p99 %6.2f ms%n",
                    flushMessages,
                    producers,
                    RECORDS / seconds,
                    latencies[RECORDS / 2] / 1e6,
                    latencies[RECORDS * 99 / 100] / 1e6);
        }
    }

    private static long[] run(RunningBroker broker, int producers, int records) throws Exception {
        long[] latencies = new long[records];
        AtomicInteger next = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(producers);
        List<Throwable> failures = new ArrayList<>();
        IntStream.range(0, producers).forEach(i -> new Thread(() -> {
                    try (KafkaProducer<String, String> producer =
                            broker.producer(Map.of("acks", "all", "linger.ms", 0))) {
                        String value = "x".repeat(1024);
                        for (int n = next.getAndIncrement(); n < records; n = next.getAndIncrement()) {
                            long before = System.nanoTime();
                            producer.send(new ProducerRecord<>("forced", value)).get();
                            latencies[n] = System.nanoTime() - before;
                        }
                    } catch (Exception e) {
                        failures.add(e);
                    }
                    done.countDown();
                })
                .start());
        done.await();
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.get(0));
        }
        return latencies;
    }
}
