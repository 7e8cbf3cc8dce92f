package dev.millrace.broker.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.metadata.ConfigValue.Source;
import dev.millrace.broker.metadata.ConfigValue.Synonym;
import java.util.Map;
import org.junit.jupiter.api.Test;

class The_configs_of_a_topic {

    private static final BrokerConfigLayers NOTHING_SET = new BrokerConfigLayers(Map.of(), Map.of(), Map.of());

    private static BrokerConfigLayers fixed(String key, String value) {
        return new BrokerConfigLayers(Map.of(), Map.of(), Map.of(key, value));
    }

    @Test
    void are_kafkas_defaults_when_nobody_says_anything() {
        ConfigValue value = TopicConfigs.value("retention.ms", Map.of(), NOTHING_SET);

        assertThat(value.value()).isEqualTo("604800000");
        assertThat(value.source()).isEqualTo(Source.DEFAULT_CONFIG);
        assertThat(value.synonyms()).isEmpty();
    }

    @Test
    void follow_the_brokers_file() {
        ConfigValue value = TopicConfigs.value("segment.bytes", Map.of(), fixed("log.segment.bytes", "2097152"));

        assertThat(value.value()).isEqualTo("2097152");
        assertThat(value.source()).isEqualTo(Source.STATIC_BROKER_CONFIG);
    }

    @Test
    void turn_hours_and_minutes_of_the_broker_into_milliseconds() {
        assertThat(TopicConfigs.value("retention.ms", Map.of(), fixed("log.retention.hours", "2"))
                        .value())
                .isEqualTo("7200000");
        assertThat(TopicConfigs.value("retention.ms", Map.of(), fixed("log.retention.minutes", "3"))
                        .value())
                .isEqualTo("180000");
        assertThat(TopicConfigs.value("segment.ms", Map.of(), fixed("log.roll.hours", "1"))
                        .value())
                .isEqualTo("3600000");
    }

    @Test
    void keep_minus_one_hour_as_no_limit() {
        assertThat(TopicConfigs.value("retention.ms", Map.of(), fixed("log.retention.hours", "-1"))
                        .value())
                .isEqualTo("-1");
    }

    @Test
    void prefer_the_finer_of_the_brokers_settings() {
        BrokerConfigLayers both = new BrokerConfigLayers(
                Map.of(), Map.of(), Map.of("log.retention.hours", "2", "log.retention.ms", "99"));

        assertThat(TopicConfigs.value("retention.ms", Map.of(), both).value()).isEqualTo("99");
    }

    @Test
    void prefer_topic_over_broker_over_all_brokers_over_file() {
        BrokerConfigLayers layers = new BrokerConfigLayers(
                Map.of("log.retention.ms", "2"), Map.of("log.retention.ms", "3"), Map.of("log.retention.ms", "4"));

        ConfigValue value = TopicConfigs.value("retention.ms", Map.of("retention.ms", "1"), layers);

        assertThat(value.value()).isEqualTo("1");
        assertThat(value.synonyms())
                .containsExactly(
                        new Synonym("retention.ms", "1", Source.DYNAMIC_TOPIC_CONFIG),
                        new Synonym("log.retention.ms", "2", Source.DYNAMIC_BROKER_CONFIG),
                        new Synonym("log.retention.ms", "3", Source.DYNAMIC_DEFAULT_BROKER_CONFIG),
                        new Synonym("log.retention.ms", "4", Source.STATIC_BROKER_CONFIG),
                        new Synonym("log.retention.hours", "168", Source.DEFAULT_CONFIG));
        assertThat(TopicConfigs.number("retention.ms", Map.of(), layers)).isEqualTo(2);
    }

    @Test
    void have_no_synonym_where_no_broker_setting_stands_behind_them() {
        ConfigValue value = TopicConfigs.value("remote.storage.enable", Map.of(), NOTHING_SET);

        assertThat(value.value()).isEqualTo("false");
        assertThat(value.synonyms()).isEmpty();
    }
}
