package dev.millrace.streams.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.StreamsBuilder;
import dev.millrace.streams.Topology;
import dev.millrace.streams.errors.TopologyException;
import dev.millrace.streams.kstream.Consumed;
import dev.millrace.streams.kstream.Grouped;
import dev.millrace.streams.kstream.KGroupedStream;
import dev.millrace.streams.kstream.KStream;
import dev.millrace.streams.kstream.Materialized;
import dev.millrace.streams.kstream.Named;
import dev.millrace.streams.kstream.Produced;
import dev.millrace.streams.kstream.Repartitioned;
import dev.millrace.streams.kstream.TimeWindows;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_topology {

    private final StreamsBuilder builder = new StreamsBuilder();

    private KStream<String, String> stream(String topic) {
        return builder.stream(topic, Consumed.with(Serdes.String(), Serdes.String()));
    }

    @Nested
    class without_a_change_of_keys {

        @Test
        void is_one_sub_topology() {
            stream("in").filter((key, value) -> true).to("out");
            TopologyPlan plan = builder.build().plan();
            assertThat(plan.subTopologies()).hasSize(1);
            assertThat(plan.subTopologies().get(0).sourceTopics()).containsExactly("in");
            assertThat(plan.subTopologies().get(0).sinkTopics()).containsExactly("out");
        }

        @Test
        void needs_no_repartition_topic_to_group() {
            stream("in")
                    .filter((key, value) -> true)
                    .mapValues(value -> value)
                    .groupByKey()
                    .count();
            assertThat(builder.build().plan().repartitionTopics()).isEmpty();
        }

        @Test
        void describes_itself_as_Kafka_Streams_does() {
            stream("in")
                    .filter((key, value) -> true)
                    .groupByKey()
                    .count(Materialized.as("counts"))
                    .toStream()
                    .to("out");
            assertThat(builder.build().describe()).isEqualTo("""
                    Topologies:
                       Sub-topology: 0
                        Source: KSTREAM-SOURCE-0000000000 (topics: [in])
                          --> KSTREAM-FILTER-0000000001
                        Processor: KSTREAM-FILTER-0000000001 (stores: [])
                          --> KSTREAM-AGGREGATE-0000000002
                          <-- KSTREAM-SOURCE-0000000000
                        Processor: KSTREAM-AGGREGATE-0000000002 (stores: [counts])
                          --> KTABLE-TOSTREAM-0000000003
                          <-- KSTREAM-FILTER-0000000001
                        Processor: KTABLE-TOSTREAM-0000000003 (stores: [])
                          --> KSTREAM-SINK-0000000004
                          <-- KSTREAM-AGGREGATE-0000000002
                        Sink: KSTREAM-SINK-0000000004 (topic: out)
                          <-- KTABLE-TOSTREAM-0000000003

                    """);
        }
    }

    @Nested
    class with_a_change_of_keys {

        @Test
        void is_cut_in_two_at_a_repartition_topic() {
            stream("in")
                    .selectKey((key, value) -> value)
                    .groupByKey(Grouped.as("by-value"))
                    .count();
            TopologyPlan plan = builder.build().plan();
            assertThat(plan.repartitionTopics()).containsOnlyKeys("by-value-repartition");
            assertThat(plan.subTopologies()).hasSize(2);
            assertThat(plan.subTopologies().get(0).sinkTopics()).containsExactly("by-value-repartition");
            assertThat(plan.subTopologies().get(1).sourceTopics()).containsExactly("by-value-repartition");
            assertThat(plan.externalSourceTopics()).containsExactly("in");
            assertThat(plan.externalSinkTopics()).isEmpty();
        }

        @Test
        void shares_one_repartition_topic_among_aggregates_of_a_named_grouping() {
            KGroupedStream<String, String> grouped =
                    stream("in").groupBy((key, value) -> value, Grouped.as("by-value"));
            grouped.count();
            grouped.reduce((one, other) -> one);
            assertThat(builder.build().plan().repartitionTopics()).hasSize(1);
        }

        @Test
        void names_a_repartition_topic_after_the_store_when_the_grouping_has_no_name() {
            stream("in").groupBy((key, value) -> value).count(Materialized.as("counts"));
            assertThat(builder.build().plan().repartitionTopics()).containsOnlyKeys("counts-repartition");
        }

        @Test
        void needs_no_second_repartition_after_an_explicit_one() {
            stream("in")
                    .selectKey((key, value) -> value)
                    .repartition(Repartitioned.as("again"))
                    .groupByKey()
                    .count();
            assertThat(builder.build().plan().repartitionTopics()).containsOnlyKeys("again-repartition");
        }
    }

    @Nested
    class with_the_same_topic_read_twice {

        @Test
        void reads_it_once() {
            stream("in").to("one");
            stream("in").to("two");
            assertThat(builder.build().plan().subTopologies()).hasSize(1);
        }

        @Test
        void is_refused_when_the_other_topics_differ() {
            stream("in");
            assertThatThrownBy(() -> builder.stream(List.of("in", "more"), Consumed.with(null, null)))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("'in'");
        }
    }

    @Nested
    class with_names {

        @Test
        void calls_operators_by_them() {
            stream("in").filter((key, value) -> true, Named.as("only-good")).to("out", Produced.as("results"));
            assertThat(builder.build().describe()).contains("only-good").contains("Sink: results");
        }

        @Test
        void is_refused_when_one_is_used_twice() {
            stream("in").filter((key, value) -> true, Named.as("twice"));
            assertThatThrownBy(() -> stream("in").filter((key, value) -> true, Named.as("twice")))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("'twice'");
        }

        @Test
        void is_refused_when_a_store_is_named_twice() {
            stream("in").groupByKey().count(Materialized.as("counts"));
            KGroupedStream<String, String> grouped = stream("in").groupByKey();
            assertThatThrownBy(() -> grouped.count(Materialized.as("counts")))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("'counts'");
        }

        @Test
        void is_refused_when_no_topic_could_be_called_so() {
            assertThatThrownBy(() -> Materialized.as("not a topic"))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("'not a topic'");
        }
    }

    @Nested
    class whose_streams_merge {

        @Test
        void is_one_sub_topology_over_both_topics() {
            stream("one").merge(stream("two")).to("out");
            TopologyPlan plan = builder.build().plan();
            assertThat(plan.subTopologies()).hasSize(1);
            assertThat(plan.subTopologies().get(0).sourceTopics()).containsExactly("one", "two");
        }

        @Test
        void is_refused_when_they_come_from_different_builders() {
            KStream<String, String> elsewhere = new StreamsBuilder().stream("two");
            assertThatThrownBy(() -> stream("one").merge(elsewhere)).isInstanceOf(TopologyException.class);
        }
    }

    @Nested
    class once_given_partition_counts {

        private PartitionCounts counts(Map<String, Integer> external) {
            return PartitionCounts.resolve(builder.build().plan(), external);
        }

        @Test
        void makes_a_task_for_each_partition_of_each_sub_topology() {
            stream("in").groupBy((key, value) -> value, Grouped.as("g")).count();
            assertThat(counts(Map.of("in", 3)).tasks())
                    .containsExactly(
                            new TaskId(0, 0),
                            new TaskId(0, 1),
                            new TaskId(0, 2),
                            new TaskId(1, 0),
                            new TaskId(1, 1),
                            new TaskId(1, 2));
        }

        @Test
        void gives_a_repartition_topic_as_many_as_the_widest_topic_before_it() {
            stream("narrow")
                    .merge(stream("wide"))
                    .groupBy((key, value) -> value, Grouped.as("g"))
                    .count();
            assertThat(counts(Map.of("narrow", 2, "wide", 5)).of("g-repartition"))
                    .isEqualTo(5);
        }

        @Test
        void gives_a_repartition_topic_the_number_that_was_asked_for() {
            stream("in")
                    .repartition(Repartitioned.<String, String>as("r").withNumberOfPartitions(7))
                    .to("out");
            assertThat(counts(Map.of("in", 2)).of("r-repartition")).isEqualTo(7);
        }

        @Test
        void follows_repartition_topics_one_after_the_other() {
            stream("in")
                    .repartition(Repartitioned.as("a"))
                    .repartition(Repartitioned.as("b"))
                    .to("out");
            assertThat(counts(Map.of("in", 4)).repartitionTopics())
                    .isEqualTo(Map.of("a-repartition", 4, "b-repartition", 4));
        }

        @Test
        void lets_a_repartition_topic_fit_the_topic_that_it_is_aggregated_with() {
            KStream<String, String> moved = stream("wide").repartition(Repartitioned.as("r"));
            moved.merge(stream("narrow")).groupByKey().count();
            assertThat(counts(Map.of("wide", 6, "narrow", 2)).of("r-repartition"))
                    .isEqualTo(2);
        }

        @Test
        void is_refused_when_topics_that_are_aggregated_together_do_not_fit() {
            stream("one").merge(stream("two")).groupByKey().count();
            assertThatThrownBy(() -> counts(Map.of("one", 2, "two", 3)))
                    .isInstanceOf(TopologyException.class)
                    .hasMessageContaining("one has 2")
                    .hasMessageContaining("two has 3")
                    .hasMessageContaining("repartition()");
        }
    }

    @Nested
    class of_an_application {

        private InternalTopics topics() {
            return new InternalTopics("app", builder.build().plan());
        }

        @Test
        void puts_the_application_before_its_own_topics_only() {
            stream("in").groupBy((key, value) -> value, Grouped.as("g")).count();
            assertThat(topics().physical("g-repartition")).isEqualTo("app-g-repartition");
            assertThat(topics().physical("in")).isEqualTo("in");
        }

        @Test
        void lets_nothing_expire_by_time_in_a_changelog_of_windows() {
            stream("in")
                    .groupByKey()
                    .windowedBy(TimeWindows.ofSizeAndGrace(Duration.ofMinutes(1), Duration.ofDays(1)))
                    .count(Materialized.as("counts"));
            Topology topology = builder.build();
            StoreSpec store = topology.plan().subTopologies().get(0).stores().get(0);
            assertThat(new InternalTopics("app", topology.plan()).changelog(store))
                    .isEqualTo("app-counts-changelog");
            assertThat(InternalTopics.changelogConfig(store)).containsEntry("cleanup.policy", "compact");
            assertThat(InternalTopics.repartitionConfig()).containsEntry("retention.ms", "-1");
        }
    }
}
