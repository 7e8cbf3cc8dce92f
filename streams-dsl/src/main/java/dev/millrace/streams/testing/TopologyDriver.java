package dev.millrace.streams.testing;

import dev.millrace.streams.Topology;
import dev.millrace.streams.config.Settings;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.PartitionCounts;
import dev.millrace.streams.plan.SubTopology;
import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.plan.TopologyPlan;
import dev.millrace.streams.process.Counters;
import dev.millrace.streams.process.InputLag;
import dev.millrace.streams.process.StreamTask;
import dev.millrace.streams.process.TaskBlueprint;
import dev.millrace.streams.state.ReadOnlyKeyValueStore;
import dev.millrace.streams.state.ReadOnlyWindowStore;
import dev.millrace.streams.state.StoreView;
import dev.millrace.streams.state.TaskStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a topology without a broker, a thread or a clock, in the test's own steps. Tasks, stores, repartition topics and
 * changelogs are the real ones; only the clients are missing.
 *
 * <p>Every record piped in is processed through all sub-topologies and committed before the call returns, so that results are
 * there one by one. Between {@link #commitWhenTold} and {@link #commit} results gather as they do between two commits of an
 * application, and {@link #crash} loses what was not committed, as a killed process would under exactly-once.
 */
public final class TopologyDriver implements AutoCloseable {

    private static final Map<String, Object> SETTINGS =
            Map.of(Settings.APPLICATION_ID, "test", Settings.BOOTSTRAP_SERVERS, "none:0");

    private final TopologyPlan plan;
    private final InternalTopics topics;
    private final PartitionCounts counts;
    private final Map<String, Integer> internalCounts = new HashMap<>();
    private final int partitions;
    private final Counters counters = new Counters();
    private final TaskBlueprint blueprint;
    private final TopicLog log = new TopicLog();
    private final Map<TaskId, StreamTask> tasks = new TreeMap<>();
    /** How far each input partition is handed to its task, and how far that was committed. */
    private final Map<TopicPartition, Integer> positions = new HashMap<>();

    private final Map<TopicPartition, Integer> committed = new HashMap<>();
    private final Map<TopicPartition, Long> committedTimes = new HashMap<>();
    private final List<Output> uncommitted = new ArrayList<>();
    private boolean commitsByItself = true;
    private long nowMs;

    private record Output(
            TopicPartition partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMs,
            @Nullable Headers headers) {}

    /** With default settings and one partition for each topic. */
    public TopologyDriver(Topology topology) {
        this(topology, Map.of(), 1);
    }

    /**
     * @param config as for an application; {@code application.id} and {@code bootstrap.servers} may be left out
     * @param partitions of every topic that is not the application's own
     */
    public TopologyDriver(Topology topology, Map<String, ?> config, int partitions) {
        var all = new HashMap<String, Object>(SETTINGS);
        all.putAll(config);
        Settings settings = Settings.parse(all);
        this.plan = topology.plan();
        this.topics = new InternalTopics(settings.applicationId(), plan);
        this.partitions = partitions;
        var external = new HashMap<String, Integer>();
        plan.externalSourceTopics().forEach(topic -> external.put(topic, partitions));
        this.counts = PartitionCounts.resolve(plan, external);
        counts.repartitionTopics().forEach((topic, count) -> internalCounts.put(topics.physical(topic), count));
        int dirtyKeysMax = settings.cacheBytes() == 0 ? 0 : Integer.MAX_VALUE;
        this.blueprint =
                new TaskBlueprint(topics, settings.defaults(), settings.failurePolicy(), dirtyKeysMax, counters);
        counts.tasks().forEach(this::build);
    }

    /** A way into a topic. */
    public <K, V> TestInputTopic<K, V> createInputTopic(
            String topic, Serializer<K> keySerializer, Serializer<V> valueSerializer) {
        return new TestInputTopic<>(this, topic, keySerializer, valueSerializer);
    }

    /** A way to read a topic, from its beginning. */
    public <K, V> TestOutputTopic<K, V> createOutputTopic(
            String topic, Deserializer<K> keyDeserializer, Deserializer<V> valueDeserializer) {
        return new TestOutputTopic<>(log.of(topic), keyDeserializer, valueDeserializer);
    }

    public <K, V> ReadOnlyKeyValueStore<K, V> getKeyValueStore(String name) {
        return StoreView.keyValue(parts(name));
    }

    public <K, V> ReadOnlyWindowStore<K, V> getWindowStore(String name) {
        return StoreView.windows(parts(name));
    }

    public Counters counters() {
        return counters;
    }

    public void advanceWallClockTime(Duration time) {
        nowMs += time.toMillis();
        run();
    }

    public long nowMs() {
        return nowMs;
    }

    /** From now on nothing is committed, and so nothing seen in output topics, until {@link #commit}. */
    public void commitWhenTold() {
        commitsByItself = false;
    }

    /** Commits, and processes what that makes visible in repartition topics, until all is quiet. */
    public void commit() {
        do {
            commitOnce();
        } while (step());
        commitOnce();
    }

    /** Forgets all that was not committed, builds every task anew from the changelogs, and processes its input again. */
    public void crash() {
        uncommitted.clear();
        positions.clear();
        positions.putAll(committed);
        tasks.clear();
        counts.tasks().forEach(this::build);
        run();
    }

    @Override
    public void close() {
        tasks.clear();
    }

    void pipe(String topic, byte @Nullable [] key, byte @Nullable [] value, Headers headers, long timestampMs) {
        int partition = log.partitionFor(topic, key, countOf(topic));
        log.append(new TopicPartition(topic, partition), key, value, timestampMs, headers);
        run();
    }

    private void run() {
        do {
            if (commitsByItself) {
                commitOnce();
            }
        } while (step());
    }

    /** Hands new records to tasks and lets them process: whether there were any. */
    private boolean step() {
        int processed = 0;
        for (StreamTask task : tasks.values()) {
            for (TopicPartition partition : task.partitions()) {
                List<ConsumerRecord<byte[], byte[]>> records = log.of(partition);
                int position = positions.getOrDefault(partition, 0);
                if (position < records.size()) {
                    task.add(partition, List.copyOf(records.subList(position, records.size())));
                    positions.put(partition, records.size());
                }
            }
            processed += task.step(nowMs, Integer.MAX_VALUE, InputLag.NONE);
        }
        return processed > 0;
    }

    private void commitOnce() {
        for (StreamTask task : tasks.values()) {
            task.flush();
            task.partitions().forEach(partition -> committedTimes.put(partition, task.partitionTimeMs(partition)));
        }
        committed.putAll(positions);
        for (Output output : List.copyOf(uncommitted)) {
            log.append(output.partition, output.key, output.value, output.timestampMs, output.headers);
        }
        uncommitted.clear();
    }

    private void build(TaskId id) {
        SubTopology sub = plan.subTopologies().get(id.subTopology());
        var times = new HashMap<TopicPartition, Long>();
        for (String topic : sub.sourceTopics()) {
            if (id.partition() < counts.of(topic)) {
                var partition = new TopicPartition(topics.physical(topic), id.partition());
                times.put(partition, committedTimes.getOrDefault(partition, -1L));
            }
        }
        var task = new StreamTask(id, sub, blueprint, this::collect, times);
        for (TaskStore store : task.stores()) {
            var changelog = new TopicPartition(topics.changelog(store.spec()), id.partition());
            for (ConsumerRecord<byte[], byte[]> record : log.of(changelog)) {
                store.restore(record.key(), record.value(), record.timestamp());
            }
        }
        tasks.put(id, task);
    }

    private void collect(
            String topic,
            int partition,
            byte @Nullable [] key,
            byte @Nullable [] value,
            long timestampMs,
            @Nullable Headers headers) {
        int chosen = partition >= 0 ? partition : log.partitionFor(topic, key, countOf(topic));
        uncommitted.add(new Output(new TopicPartition(topic, chosen), key, value, timestampMs, headers));
    }

    private int countOf(String physicalTopic) {
        return internalCounts.getOrDefault(physicalTopic, partitions);
    }

    private List<TaskStore> parts(String name) {
        List<TaskStore> parts = tasks.values().stream()
                .flatMap(task -> task.stores().stream())
                .filter(store -> store.spec().name().equals(name))
                .toList();
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("The topology has no store '" + name + "'.");
        }
        return parts;
    }
}
