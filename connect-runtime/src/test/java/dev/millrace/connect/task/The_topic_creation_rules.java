package dev.millrace.connect.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class The_topic_creation_rules {

    private final Map<String, String> config = new HashMap<>(
            Map.of("topic.creation.default.partitions", "3", "topic.creation.default.replication.factor", "1"));

    @Test
    void hold_only_where_the_default_group_is_given() {
        assertThat(TopicCreationRules.isUsedBy(config)).isTrue();
        assertThat(TopicCreationRules.isUsedBy(Map.of("topic.creation.groups", "a")))
                .isFalse();
    }

    @Test
    void make_a_topic_as_the_default_group_says() {
        config.put("topic.creation.default.cleanup.policy", "compact");

        var topic = TopicCreationRules.of(config).topic("t");
        assertThat(topic.numPartitions()).isEqualTo(3);
        assertThat(topic.replicationFactor()).isEqualTo((short) 1);
        assertThat(topic.configs()).isEqualTo(Map.of("cleanup.policy", "compact"));
    }

    @Test
    void make_a_topic_as_the_first_group_that_takes_it_says() {
        config.put("topic.creation.groups", "big,any");
        config.put("topic.creation.big.include", "big-.*,huge");
        config.put("topic.creation.big.exclude", "big-but-not");
        config.put("topic.creation.big.partitions", "12");
        config.put("topic.creation.any.include", ".*-.*");
        config.put("topic.creation.any.retention.ms", "5");
        TopicCreationRules rules = TopicCreationRules.of(config);

        assertThat(rules.topic("big-one").numPartitions()).isEqualTo(12);
        assertThat(rules.topic("huge").numPartitions()).isEqualTo(12);
        assertThat(rules.topic("big-but-not").numPartitions()).isEqualTo(3);
        assertThat(rules.topic("big-but-not").configs()).isEqualTo(Map.of("retention.ms", "5"));
        assertThat(rules.topic("small").configs()).isEmpty();
    }

    @Test
    void leave_to_the_broker_what_is_minus_one() {
        config.put("topic.creation.default.partitions", "-1");

        assertThat(TopicCreationRules.of(config).topic("t").numPartitions()).isEqualTo(-1);
    }
}
