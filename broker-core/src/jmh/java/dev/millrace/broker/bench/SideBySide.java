package dev.millrace.broker.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The same work on Apache Kafka and on Millrace, in turns: A B, then B A, so that neither always has the warmer machine. */
final class SideBySide {

    private static final int PARTITIONS = 3;
    private static final int LEADER_ATTEMPTS_MAX = 100;

    private final boolean quick;
    private final PrintStream out = System.out;
    private final Map<String, Map<String, List<Double>>> figures = new LinkedHashMap<>();
    private int topics;

    SideBySide(boolean quick) {
        this.quick = quick;
    }

    void run() throws Exception {
        try (var kafka = BenchedBroker.kafka();
                var millrace = BenchedBroker.millrace()) {
            List<BenchedBroker> brokers = List.of(kafka, millrace);
            for (BenchedBroker broker : brokers) {
                add("RSS after start, MB", broker, broker.residentMegabytes());
                produceAndConsume(broker, "warm-up", 1024, 128 << 10, 5, quick ? 50_000 : 500_000);
            }
            figures.entrySet().removeIf(row -> row.getKey().startsWith("warm-up"));
            int rounds = quick ? 1 : 4;
            for (int round = 0; round < rounds; round++) {
                for (int turn = 0; turn < 2; turn++) {
                    round(brokers.get((round + turn) % 2));
                }
            }
            for (BenchedBroker broker : brokers) {
                add("RSS at the end, MB", broker, broker.residentMegabytes());
            }
        }
        print();
    }

    private void round(BenchedBroker broker) throws Exception {
        int scale = quick ? 1 : 5;
        produceAndConsume(broker, "1 KB, batch 128K, linger 5", 1024, 128 << 10, 5, 100_000 * scale);
        produceAndConsume(broker, "1 KB, batch 16K, linger 0", 1024, 16 << 10, 0, 50_000 * scale);
        produceAndConsume(broker, "100 B, batch 16K, linger 0", 100, 16 << 10, 0, 200_000 * scale);
        for (int rate : new int[] {1000, 10_000}) {
            String topic = topic(broker, 1);
            Histogram latency =
                    OpenLoopLatency.measure(broker.bootstrapServers(), topic, rate, Duration.ofSeconds(quick ? 3 : 10));
            for (double percentile : new double[] {50, 99, 99.9}) {
                add(
                        String.format(Locale.ROOT, "latency at %,d/s, p%s, ms", rate, number(percentile)),
                        broker,
                        latency.getValueAtPercentile(percentile) / 1000.0);
            }
            remove(broker, topic);
        }
    }

    private void produceAndConsume(
            BenchedBroker broker, String name, int valueBytes, int batchBytes, int lingerMs, int records)
            throws Exception {
        String topic = topic(broker, PARTITIONS);
        var produced = Throughput.produce(broker, topic, records, valueBytes, batchBytes, lingerMs);
        add(name + ": produced/s", broker, produced.recordsPerSecond());
        add(name + ": produce, CPU s per million", broker, produced.cpuSecondsPerMillion());
        var consumed = Throughput.consume(broker, topic, PARTITIONS, records);
        add(name + ": consumed/s", broker, consumed.recordsPerSecond());
        add(name + ": consume, CPU s per million", broker, consumed.cpuSecondsPerMillion());
        remove(broker, topic);
    }

    private String topic(BenchedBroker broker, int partitions) throws Exception {
        String topic = "bench-" + topics++;
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
            // A partition that does not lead yet may refuse the first batch of an idempotent producer and take the
            // second,
            // which Apache Kafka's producer does not recover from: wait until all of them answer.
            Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
            for (int partition = 0; partition < partitions; partition++) {
                ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
            }
            awaitLeaders(admin, ends);
        }
        return topic;
    }

    /** A topic that has been created may be unknown for a moment where metadata takes its time. */
    private static void awaitLeaders(Admin admin, Map<TopicPartition, OffsetSpec> ends) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                admin.listOffsets(ends).all().get();
                return;
            } catch (ExecutionException e) {
                if (attempt == LEADER_ATTEMPTS_MAX || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                    throw e;
                }
            }
        }
    }

    private static void remove(BenchedBroker broker, String topic) throws Exception {
        try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }
    }

    private void add(String row, BenchedBroker broker, double figure) {
        out.printf(Locale.ROOT, "%-50s %-10s %s%n", row, broker.name(), number(figure));
        figures.computeIfAbsent(row, name -> new LinkedHashMap<>())
                .computeIfAbsent(broker.name(), name -> new ArrayList<>())
                .add(figure);
    }

    private void print() {
        out.printf("%n%-50s %12s %12s %8s %8s%n", "median of the rounds", "kafka", "millrace", "ratio", "spread");
        figures.forEach((row, sides) -> {
            double kafka = median(sides.get("kafka"));
            double millrace = median(sides.get("millrace"));
            double spread = sides.values().stream()
                    .mapToDouble(SideBySide::spread)
                    .max()
                    .orElse(0);
            out.printf(
                    Locale.ROOT,
                    "%-50s %12s %12s %8.2f %7.0f%%%n",
                    row,
                    number(kafka),
                    number(millrace),
                    millrace / kafka,
                    100 * spread);
        });
        out.println("ratio = millrace / kafka; spread = the wider (max - min) / median of the two");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static double spread(List<Double> values) {
        double max = values.stream().mapToDouble(Double::doubleValue).max().orElse(0);
        double min = values.stream().mapToDouble(Double::doubleValue).min().orElse(0);
        return (max - min) / Math.max(median(values), Double.MIN_NORMAL);
    }

    private static String number(double value) {
        return value >= 100 || value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
