package dev.millrace.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.sink.SinkConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class A_jdbc_sink_connector {

    private final JdbcSinkConnector connector = new JdbcSinkConnector();

    private static Map<String, String> settings(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>(Map.of("name", "shop", "connection.url", "jdbc:h2:mem:shop"));
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return settings;
    }

    @Test
    void is_found_as_a_plugin() {
        assertThat(ServiceLoader.load(SinkConnector.class).stream().map(ServiceLoader.Provider::type))
                .contains(JdbcSinkConnector.class);
    }

    @Test
    void gives_each_task_the_same_settings() {
        connector.start(settings());
        assertThat(connector.taskConfigs(3)).hasSize(3).containsOnly(settings());
    }

    @Test
    void finds_nothing_wrong_with_good_settings() {
        assertThat(connector
                        .validate(settings("insert.mode", "UPSERT", "pk.mode", "record_key"))
                        .configValues())
                .allSatisfy(value -> assertThat(value.errorMessages()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            connection.url    | jdbc:oracle:x | no dialect for 'jdbc:oracle:x'; URLs may begin with jdbc:h2:
            insert.mode       | append        | String must be one of
            pk.mode           | value         | String must be one of
            pk.fields         | a             | three names are needed
            delete.enabled    | true          | needs pk.mode=record_key
            table.name.format | a..b          | 'a..b' has an empty part
            db.timezone       | Mars          | no time zone 'Mars'
            schemaless.fields | id            | 'id' is not NAME:TYPE
            schemaless.fields | id:long       | 'long' is no type; known are string
            """)
    void names_a_setting_that_can_not_be_used(String setting, String value, String reason) {
        Map<String, String> settings = settings(setting, value);
        if (setting.equals("pk.fields")) {
            settings.put("pk.mode", "kafka");
        }
        List<ConfigValue> wrong = connector.validate(settings).configValues().stream()
                .filter(configValue -> !configValue.errorMessages().isEmpty())
                .toList();
        assertThat(wrong).singleElement().satisfies(configValue -> {
            assertThat(configValue.name()).isEqualTo(setting);
            assertThat(configValue.errorMessages().get(0)).contains(reason);
        });
    }

    @Test
    void needs_a_primary_key_to_upsert() {
        assertThatThrownBy(() -> connector.start(settings("insert.mode", "upsert")))
                .isInstanceOf(ConfigException.class)
                .hasMessage("pk.mode: upsert needs a primary key: set record_key, record_value or kafka");
    }

    @Test
    void keeps_the_password_to_itself() {
        assertThat(new JdbcSinkConfig(settings("connection.password", "secret")).password())
                .isEqualTo("secret");
        assertThat(connector.validate(settings("connection.password", "secret")).configValues())
                .noneMatch(value -> String.valueOf(value.value()).contains("secret"));
    }
}
