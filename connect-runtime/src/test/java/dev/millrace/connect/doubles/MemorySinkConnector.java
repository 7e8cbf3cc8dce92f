package dev.millrace.connect.doubles;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** Its tasks put what they get into {@link MemorySinkTask#received}, under {@code memory}. */
public final class MemorySinkConnector extends SinkConnector {

    static final ConfigDef DEFINITION = new ConfigDef()
            .define("memory", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where to remember.")
            .define("poison", ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "The value to report as errant.")
            .define("password", ConfigDef.Type.PASSWORD, "", ConfigDef.Importance.LOW, "Of no use.");

    private Map<String, String> config = Map.of();

    @Override
    public void start(Map<String, String> props) {
        config = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return MemorySinkTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return IntStream.range(0, maxTasks).mapToObj(task -> config).toList();
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    public String version() {
        return "4.5.6";
    }
}
