package dev.millrace.connector.jdbc;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Records as rows of a database's tables. */
public final class JdbcSinkConnector extends SinkConnector {

    static final String VERSION =
            Objects.requireNonNullElse(JdbcSinkConnector.class.getPackage().getImplementationVersion(), "dev");

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return JdbcSinkTask.class;
    }

    @Override
    public ConfigDef config() {
        return Settings.DEFINITION;
    }

    /** Does not connect: an embedded database may be open already, by the connector that is being changed. */
    @Override
    public Config validate(Map<String, String> settings) {
        List<ConfigValue> values = Settings.DEFINITION.validate(settings);
        if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
            try {
                new JdbcSinkConfig(settings).offsetsTable();
            } catch (SettingException e) {
                values.stream()
                        .filter(value -> value.name().equals(e.setting()))
                        .findFirst()
                        .orElse(values.get(0))
                        .addErrorMessage(String.valueOf(e.getMessage()));
            }
        }
        return new Config(values);
    }

    /** @throws ConfigException in one line, when a setting can't be used */
    @Override
    public void start(Map<String, String> settings) {
        new JdbcSinkConfig(settings).offsetsTable();
        properties = Map.copyOf(settings);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return Collections.nCopies(maxTasks, properties);
    }

    @Override
    public void stop() {}

    /** The database's offsets win over the worker's, so they are altered too. */
    @Override
    public boolean alterOffsets(Map<String, String> settings, Map<TopicPartition, Long> offsets) {
        JdbcSinkConfig config = new JdbcSinkConfig(settings);
        if (config.exactlyOnce()) {
            try (Database database = Database.connect(config)) {
                SinkOffsets stored = new SinkOffsets(database.jdbi(), config);
                stored.createTable();
                stored.alter(offsets);
            }
        }
        return true;
    }
}
