package dev.millrace.streams.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.streams.kstream.TimestampExtractor;
import dev.millrace.streams.process.FailureResponse;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.Serdes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class The_settings_of_an_application {

    private static Settings with(String... keysAndValues) {
        var settings = new HashMap<String, Object>();
        settings.put("application.id", "app");
        settings.put("bootstrap.servers", "localhost:9092");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return Settings.parse(settings);
    }

    @Test
    void have_the_defaults_of_Kafka_Streams() {
        Settings settings = with();
        assertThat(settings.exactlyOnce()).isFalse();
        assertThat(settings.threads()).isEqualTo(1);
        assertThat(settings.commitIntervalMs()).isEqualTo(30_000);
        assertThat(settings.replicationFactor()).isEqualTo((short) -1);
        assertThat(settings.cacheBytes()).isEqualTo(10 * 1024 * 1024);
        assertThat(settings.bufferedRecordsPerPartition()).isEqualTo(1000);
        assertThat(settings.pollMs()).isEqualTo(100);
        assertThat(settings.taskTimeoutMs()).isEqualTo(300_000);
        assertThat(settings.waitsForSlowInput()).isTrue();
        assertThat(settings.failurePolicy().deserialization()).isEqualTo(FailureResponse.FAIL);
        assertThat(settings.failurePolicy().deadLetterTopic()).isNull();
        assertThat(settings.defaults().timestampExtractor()).isEqualTo(TimestampExtractor.RECORD_TIME);
    }

    @Test
    void commit_ten_times_a_second_with_exactly_once() {
        assertThat(with("processing.guarantee", "exactly_once_v2").commitIntervalMs())
                .isEqualTo(100);
    }

    @Test
    void keep_the_commit_interval_that_was_set() {
        assertThat(with("processing.guarantee", "exactly_once_v2", "commit.interval.ms", "7")
                        .commitIntervalMs())
                .isEqualTo(7);
    }

    @Test
    void take_default_serdes_by_class() {
        Settings settings = with("default.key.serde", Serdes.StringSerde.class.getName());
        assertThat(settings.defaults().keySerde()).isInstanceOf(Serdes.StringSerde.class);
    }

    @ParameterizedTest
    @CsvSource({
        "fail,FAIL",
        "log-and-continue,CONTINUE",
        "org.apache.kafka.streams.errors.LogAndContinueExceptionHandler,CONTINUE",
        "org.apache.kafka.streams.errors.LogAndFailExceptionHandler,FAIL",
        "org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler,CONTINUE"
    })
    void know_failure_responses_by_word_and_by_Kafka_Streams_class(String given, FailureResponse expected) {
        assertThat(with("deserialization.exception.handler", given)
                        .failurePolicy()
                        .deserialization())
                .isEqualTo(expected);
        assertThat(with("processing.exception.handler", given).failurePolicy().processing())
                .isEqualTo(expected);
    }

    @Test
    void let_client_settings_pass_with_or_without_a_prefix() {
        with(
                "consumer.max.poll.records",
                "10",
                "producer.linger.ms",
                "1",
                "admin.retries",
                "3",
                "fetch.max.wait.ms",
                "5");
    }

    @Test
    void collect_what_is_meant_for_internal_topics() {
        assertThat(with("topic.segment.bytes", "1000").topicConfig()).isEqualTo(Map.of("segment.bytes", "1000"));
    }

    @Test
    void name_the_nearest_known_key_for_an_unknown_one() {
        assertThatThrownBy(() -> with("procesing.guarantee", "exactly_once_v2"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("Unknown setting 'procesing.guarantee'. Did you mean 'processing.guarantee'?");
    }

    @ParameterizedTest
    @ValueSource(strings = {"num.standby.replicas", "topology.optimization", "rocksdb.config.setter"})
    void say_what_Kafka_Streams_has_and_this_library_has_not(String key) {
        assertThatThrownBy(() -> with(key, "1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("'" + key + "'")
                .hasMessageContaining("no effect here");
    }

    @ParameterizedTest
    @CsvSource({
        "processing.guarantee,exactly_once",
        "num.stream.threads,0",
        "num.stream.threads,many",
        "processing.exception.handler,ignore",
        "default.key.serde,java.lang.String",
        "application.id,not a name"
    })
    void refuse_a_wrong_value_naming_its_key(String key, String value) {
        assertThatThrownBy(() -> with(key, value))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application.id", "bootstrap.servers"})
    void miss_what_has_no_default(String key) {
        var settings = new HashMap<String, Object>(Map.of("application.id", "app", "bootstrap.servers", "localhost:1"));
        settings.remove(key);
        assertThatThrownBy(() -> Settings.parse(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(key);
    }
}
