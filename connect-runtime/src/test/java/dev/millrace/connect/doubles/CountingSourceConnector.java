package dev.millrace.connect.doubles;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.source.ConnectorTransactionBoundaries;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;

/** Each task counts up to {@code count}, {@code batch} numbers a poll, into {@code topic}; then it has nothing more. */
public final class CountingSourceConnector extends SourceConnector {

    static final ConfigDef DEFINITION = new ConfigDef()
            .define("topic", ConfigDef.Type.STRING, ConfigDef.Importance.HIGH, "Where the numbers go.")
            .define("count", ConfigDef.Type.LONG, 100L, ConfigDef.Importance.HIGH, "How many.")
            .define("batch", ConfigDef.Type.INT, 10, ConfigDef.Importance.LOW, "How many a poll.")
            .define("commit.every", ConfigDef.Type.INT, 0, ConfigDef.Importance.LOW, "Own transaction boundaries.")
            .define("fail.at", ConfigDef.Type.LONG, -1L, ConfigDef.Importance.LOW, "The number to fail at.")
            .define("secret", ConfigDef.Type.STRING, "", ConfigDef.Importance.LOW, "Told when failing.");

    private Map<String, String> config = Map.of();

    @Override
    public void start(Map<String, String> props) {
        config = props;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return CountingSourceTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        List<Map<String, String>> tasks = new ArrayList<>();
        for (int task = 0; task < maxTasks; task++) {
            Map<String, String> own = new HashMap<>(config);
            own.put("task", Integer.toString(task));
            tasks.add(own);
        }
        return tasks;
    }

    @Override
    public void stop() {}

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> connectorConfig) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    @Override
    public ConnectorTransactionBoundaries canDefineTransactionBoundaries(Map<String, String> connectorConfig) {
        return ConnectorTransactionBoundaries.SUPPORTED;
    }

    @Override
    public boolean alterOffsets(Map<String, String> connectorConfig, Map<Map<String, ?>, Map<String, ?>> offsets) {
        return true;
    }

    @Override
    public String version() {
        return "1.2.3";
    }
}
