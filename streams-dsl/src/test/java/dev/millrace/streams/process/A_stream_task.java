package dev.millrace.streams.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.errors.DeliveryException;
import dev.millrace.streams.errors.RecordFailedException;
import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.TimeWindows;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.plan.TaskId;
import dev.millrace.streams.plan.TopologyPlan;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_stream_task {

    private static final TopicPartition ONE = new TopicPartition("one", 0);
    private static final TopicPartition TWO = new TopicPartition("two", 0);
    private static final FailurePolicy CONTINUE = new FailurePolicy(
            FailureResponse.CONTINUE, FailureResponse.CONTINUE, FailureResponse.CONTINUE, "dead-letters");

    private record Sent(String topic, String key, String value, long timestampMs, Headers headers) {}

    private final StreamsBuilder builder = new StreamsBuilder();
    private final List<Sent> sent = new ArrayList<>();
    private final Counters counters = new Counters();
    private FailurePolicy policy = FailurePolicy.FAIL_ALWAYS;

    private KStream<String, String> stream(String topic) {
        return builder.stream(topic, Consumed.with(Serdes.String(), Serdes.String()));
    }

    private StreamTask task(TopicPartition... partitions) {
        return task(this::collect, partitions);
    }

    private StreamTask task(RecordCollector collector, TopicPartition... partitions) {
        TopologyPlan plan = builder.build().plan();
        var blueprint = new TaskBlueprint(new InternalTopics("app", plan), Defaults.NONE, policy, 100, counters);
        var times = new HashMap<TopicPartition, Long>();
        for (TopicPartition partition : partitions) {
            times.put(partition, -1L);
        }
        return new StreamTask(new TaskId(0, 0), plan.subTopologies().get(0), blueprint, collector, times);
    }

    private void collect(String topic, int partition, byte[] key, byte[] value, long timestampMs, Headers headers) {
        sent.add(new Sent(topic, text(key), text(value), timestampMs, headers));
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    private static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, String value, long timeMs) {
        byte[] bytes = value == null ? null : value.getBytes(StandardCharsets.UTF_8);
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                timeMs,
                TimestampType.CREATE_TIME,
                1,
                1,
                "k".getBytes(StandardCharsets.UTF_8),
                bytes,
                new RecordHeaders(),
                Optional.empty());
    }

    private static int runAll(StreamTask task) {
        return task.step(0, Integer.MAX_VALUE, InputLag.NONE);
    }

    @Nested
    class with_one_partition {

        @Test
        void processes_as_many_records_as_asked() {
            stream("one").to("out");
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 0, "a", 1), record(ONE, 1, "b", 2), record(ONE, 2, "c", 3)));
            assertThat(task.step(0, 2, InputLag.NONE)).isEqualTo(2);
            assertThat(sent).extracting(Sent::value).containsExactly("a", "b");
            assertThat(task.firstWaitingOffset(ONE)).isEqualTo(2);
            assertThat(task.buffered(ONE)).isEqualTo(1);
            assertThat(runAll(task)).isEqualTo(1);
            assertThat(task.firstWaitingOffset(ONE)).isEqualTo(-1);
            assertThat(counters.processed.sum()).isEqualTo(3);
        }

        @Test
        void keeps_offset_order_whatever_the_times() {
            stream("one").to("out");
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 0, "late", 9), record(ONE, 1, "early", 1)));
            runAll(task);
            assertThat(sent).extracting(Sent::value).containsExactly("late", "early");
            assertThat(task.partitionTimeMs(ONE)).isEqualTo(9);
        }

        @Test
        void does_nothing_without_records() {
            stream("one").to("out");
            StreamTask task = task(ONE);
            assertThat(runAll(task)).isZero();
            assertThat(task.firstWaitingOffset(ONE)).isEqualTo(-1);
        }

        @Test
        void passes_on_the_headers_of_the_record() {
            stream("one").to("out");
            StreamTask task = task(ONE);
            ConsumerRecord<byte[], byte[]> withHeader = record(ONE, 0, "a", 1);
            withHeader.headers().add("trace", new byte[] {1});
            task.add(ONE, List.of(withHeader));
            runAll(task);
            assertThat(sent.get(0).headers().lastHeader("trace").value()).containsExactly(1);
        }

        @Test
        void counts_records_with_a_negative_time_and_leaves_them_out() {
            stream("one").to("out");
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 0, "a", -1), record(ONE, 1, "b", 1)));
            runAll(task);
            assertThat(sent).extracting(Sent::value).containsExactly("b");
            assertThat(counters.droppedInvalid.sum()).isEqualTo(1);
        }
    }

    @Nested
    class with_several_partitions {

        @Test
        void takes_the_record_with_the_lowest_time_first() {
            stream("one").merge(stream("two")).to("out", Produced.with(Serdes.String(), Serdes.String()));
            StreamTask task = task(ONE, TWO);
            task.add(ONE, List.of(record(ONE, 0, "1", 1), record(ONE, 1, "4", 4)));
            task.add(TWO, List.of(record(TWO, 0, "2", 2), record(TWO, 1, "3", 3)));
            runAll(task);
            assertThat(sent).extracting(Sent::value).containsExactly("1", "2", "3", "4");
        }

        @Test
        void waits_for_an_empty_one_while_it_has_more_on_the_broker() {
            stream("one").merge(stream("two")).to("out", Produced.with(Serdes.String(), Serdes.String()));
            StreamTask task = task(ONE, TWO);
            task.add(ONE, List.of(record(ONE, 0, "later", 5)));
            Set<TopicPartition> lagging = new HashSet<>(Set.of(TWO));
            assertThat(task.step(0, 10, lagging::contains)).isZero();
            task.add(TWO, List.of(record(TWO, 0, "sooner", 3)));
            lagging.clear();
            assertThat(task.step(0, 10, lagging::contains)).isEqualTo(2);
            assertThat(sent).extracting(Sent::value).containsExactly("sooner", "later");
        }
    }

    @Nested
    class whose_record_can_not_be_read {

        private void topology() {
            builder.stream("one", Consumed.with(Serdes.String(), Serdes.Long()))
                    .to("out", Produced.with(Serdes.String(), Serdes.Long()));
        }

        @Test
        void fails_naming_topic_partition_offset_and_what_to_do() {
            topology();
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 17, "no number", 1)));
            assertThatThrownBy(() -> runAll(task))
                    .isInstanceOf(RecordFailedException.class)
                    .hasMessageContaining("topic=one partition=0 offset=17")
                    .hasMessageContaining("deserialization.exception.handler");
        }

        @Test
        void goes_on_if_told_so_and_keeps_the_record_in_the_dead_letter_topic() {
            topology();
            policy = CONTINUE;
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 17, "no number", 1), record(ONE, 18, "12345678", 2)));
            assertThat(runAll(task)).isEqualTo(1);
            assertThat(sent).extracting(Sent::topic).containsExactly("dead-letters", "out");
            assertThat(text(sent.get(0)
                            .headers()
                            .lastHeader("__streams.errors.offset")
                            .value()))
                    .isEqualTo("17");
            assertThat(text(sent.get(0)
                            .headers()
                            .lastHeader("__streams.errors.topic")
                            .value()))
                    .isEqualTo("one");
            assertThat(sent.get(0).value()).isEqualTo("no number");
            assertThat(counters.failed.sum()).isEqualTo(1);
            assertThat(counters.deadLettered.sum()).isEqualTo(1);
        }
    }

    @Nested
    class whose_operator_fails {

        private void topology() {
            KStream<String, String> in = stream("one");
            in.mapValues(value -> {
                        if (value.equals("bad")) {
                            throw new IllegalStateException("can't take this");
                        }
                        return value;
                    })
                    .to("mapped", Produced.with(Serdes.String(), Serdes.String()));
            in.to("beside");
        }

        @Test
        void fails_naming_the_operator_and_the_record() {
            topology();
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 3, "bad", 1)));
            assertThatThrownBy(() -> runAll(task))
                    .isInstanceOf(RecordFailedException.class)
                    .hasMessageContaining("KSTREAM-MAPVALUES-0000000001")
                    .hasMessageContaining("offset=3")
                    .hasMessageContaining("can't take this");
        }

        @Test
        void leaves_out_only_what_came_of_it_if_told_so() {
            topology();
            policy = CONTINUE;
            StreamTask task = task(ONE);
            task.add(ONE, List.of(record(ONE, 3, "bad", 1), record(ONE, 4, "good", 2)));
            runAll(task);
            assertThat(sent).extracting(Sent::topic).containsExactly("dead-letters", "beside", "mapped", "beside");
            assertThat(counters.failed.sum()).isEqualTo(1);
        }
    }

    @Nested
    class whose_way_out_is_broken {

        @Test
        void does_not_take_it_for_the_records_fault() {
            stream("one").mapValues(value -> value).to("out", Produced.with(Serdes.String(), Serdes.String()));
            policy = CONTINUE;
            StreamTask task = task(
                    (topic, partition, key, value, timestampMs, headers) -> {
                        throw new DeliveryException("fenced", new IllegalStateException());
                    },
                    ONE);
            task.add(ONE, List.of(record(ONE, 0, "a", 1)));
            assertThatThrownBy(() -> runAll(task)).isInstanceOf(DeliveryException.class);
        }
    }

    @Nested
    class with_windows {

        private StreamTask counting(TimeWindows windows) {
            stream("one")
                    .groupByKey()
                    .windowedBy(windows)
                    .count()
                    .toStream((window, count) -> window.window().start() + "")
                    .mapValues(count -> count + "")
                    .to("out", Produced.with(Serdes.String(), Serdes.String()));
            return task(ONE);
        }

        private List<String> out() {
            return sent.stream()
                    .filter(each -> each.topic().equals("out"))
                    .map(each -> each.key() + "=" + each.value())
                    .toList();
        }

        @Test
        void gathers_until_it_is_flushed() {
            StreamTask task = counting(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10)));
            task.add(ONE, List.of(record(ONE, 0, "a", 1), record(ONE, 1, "b", 2), record(ONE, 2, "c", 11)));
            runAll(task);
            assertThat(out()).isEmpty();
            task.flush();
            assertThat(out()).containsExactly("0=2", "10=1");
        }

        @Test
        void counts_late_records_and_leaves_them_out() {
            StreamTask task = counting(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10)));
            task.add(ONE, List.of(record(ONE, 0, "a", 25), record(ONE, 1, "late", 9)));
            runAll(task);
            task.flush();
            assertThat(out()).containsExactly("20=1");
            assertThat(counters.droppedLate.sum()).isEqualTo(1);
        }

        @Test
        void takes_records_of_any_age_with_unlimited_grace() {
            StreamTask task = counting(TimeWindows.ofSizeAndGrace(Duration.ofMillis(10), TimeWindows.UNLIMITED_GRACE));
            task.add(ONE, List.of(record(ONE, 0, "a", 1_700_000_000_000L), record(ONE, 1, "old", 9)));
            runAll(task);
            task.flush();
            assertThat(out()).containsExactly("1700000000000=1", "0=1");
            assertThat(counters.droppedLate.sum()).isZero();
        }
    }

    @Nested
    class without_a_serde {

        @Test
        void is_refused_naming_the_operator() {
            builder.stream("one").to("out");
            assertThatThrownBy(() -> task(ONE))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("KSTREAM-SOURCE-0000000000")
                    .hasMessageContaining("default.key.serde");
        }
    }

    @Nested
    class that_restarts {

        @Test
        void finds_the_same_records_late_as_before() {
            stream("one")
                    .groupByKey()
                    .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofMillis(10)))
                    .count();
            TopologyPlan plan = builder.build().plan();
            var blueprint = new TaskBlueprint(new InternalTopics("app", plan), Defaults.NONE, policy, 100, counters);
            var task = new StreamTask(
                    new TaskId(0, 0),
                    plan.subTopologies().get(0),
                    blueprint,
                    A_stream_task.this::collect,
                    Map.of(ONE, 25L));
            task.add(ONE, List.of(record(ONE, 5, "late", 9)));
            runAll(task);
            assertThat(counters.droppedLate.sum()).isEqualTo(1);
        }
    }
}
