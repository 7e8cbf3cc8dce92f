package dev.millrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class KnownConfigsTest {

    static Stream<ConfigKey> everyKey() {
        return Stream.of(KnownConfigs.broker(), KnownConfigs.topic(), KnownConfigs.group())
                .flatMap(table -> table.values().stream());
    }

    @Test
    void has_all_three_tables_in_the_order_of_names() {
        assertThat(KnownConfigs.broker()).hasSizeGreaterThan(350);
        assertThat(List.copyOf(KnownConfigs.broker().keySet())).isSorted();
        assertThat(KnownConfigs.topic()).containsKeys("retention.ms", "cleanup.policy", "max.message.bytes");
        assertThat(KnownConfigs.group()).containsKey("consumer.session.timeout.ms");
    }

    @Test
    void knows_what_a_key_is() {
        ConfigKey key = KnownConfigs.topic().get("retention.ms");
        assertThat(key.type()).isEqualTo(ConfigDef.Type.LONG);
        assertThat(key.defaultValue()).isEqualTo("604800000");
        assertThat(key.synonyms()).containsExactly("log.retention.ms", "log.retention.minutes", "log.retention.hours");
        assertThat(KnownConfigs.broker().get("log.retention.ms").defaultValue()).isNull();
        assertThat(KnownConfigs.broker().get("log.retention.ms").update()).isEqualTo(ConfigKey.Update.CLUSTER_WIDE);
        assertThat(KnownConfigs.broker().get("ssl.key.password").sensitive()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("everyKey")
    void accepts_its_own_defaults(ConfigKey key) {
        if (key.defaultValue() != null) {
            assertThatCode(() -> key.parse(key.defaultValue())).doesNotThrowAnyException();
        }
    }

    @Test
    void names_only_settings_of_the_broker_as_synonyms() {
        assertThat(KnownConfigs.topic().values())
                .allSatisfy(key -> assertThat(KnownConfigs.broker().keySet()).containsAll(key.synonyms()));
    }

    @Test
    void returns_values_as_their_type_has_them() {
        assertThat(KnownConfigs.broker().get("num.partitions").parse("3")).isEqualTo(3);
        assertThat(KnownConfigs.broker().get("log.retention.bytes").parse(" -1 "))
                .isEqualTo(-1L);
        assertThat(KnownConfigs.topic().get("cleanup.policy").parse("compact, delete"))
                .isEqualTo(List.of("compact", "delete"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitions | many | num.partitions=many: expected a whole number, 1 or more",
                "num.partitions | 0 | num.partitions=0: expected a whole number, 1 or more",
                "compression.gzip.level | 10 | compression.gzip.level=10: expected a whole number from 1 to 9, or -1",
                "log.cleaner.min.cleanable.ratio | 1.5 | log.cleaner.min.cleanable.ratio=1.5: expected a number from 0 to 1",
                "auto.create.topics.enable | yes | auto.create.topics.enable=yes: expected true or false",
                "compression.type | brotli | compression.type=brotli: expected one of uncompressed, zstd, lz4, snappy, gzip, producer",
                "log.cleanup.policy | delete,burn | log.cleanup.policy=delete,burn: expected some of compact, delete, separated by commas",
            })
    void refuses_a_wrong_value_with_the_key_the_value_and_what_is_expected(String key, String value, String message) {
        assertThatThrownBy(() -> KnownConfigs.broker().get(key).parse(value))
                .isInstanceOf(ConfigException.class)
                .hasMessage(message);
    }
}
