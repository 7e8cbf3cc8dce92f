package dev.millrace.connector.csv;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.Config;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.ExactlyOnceSupport;
import org.apache.kafka.connect.source.SourceConnector;
import org.jspecify.annotations.Nullable;

/**
 * Rows of CSV files as records. Each file is a source partition, read by one task; its source offset is the byte after the
 * row, so that a task goes on there whatever happened.
 */
public final class CsvSourceConnector extends SourceConnector {

    static final String VERSION =
            Objects.requireNonNullElse(CsvSourceConnector.class.getPackage().getImplementationVersion(), "dev");

    private Map<String, String> properties = Map.of();

    @Override
    public String version() {
        return VERSION;
    }

    @Override
    public Class<? extends Task> taskClass() {
        return CsvSourceTask.class;
    }

    @Override
    public ConfigDef config() {
        return Settings.definition(Map.of());
    }

    /** Also finds what only a look at the files can tell: that there are none, or that they lack a column. */
    @Override
    public Config validate(Map<String, String> settings) {
        List<ConfigValue> values = new ArrayList<>(Settings.definition(settings).validate(settings));
        if (values.stream().allMatch(value -> value.errorMessages().isEmpty())) {
            try {
                check(settings);
            } catch (SettingException e) {
                noteError(values, e.setting(), e.getMessage());
            } catch (ConfigException | ConnectException e) {
                noteError(values, Settings.INPUT_PATH, e.getMessage());
            }
        }
        return new Config(values);
    }

    /** @throws org.apache.kafka.common.KafkaException in one line, when the connector can't work with these settings */
    @Override
    public void start(Map<String, String> settings) {
        check(settings);
        properties = Map.copyOf(settings);
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        CsvSourceConfig config = new CsvSourceConfig(properties);
        List<Map<String, String>> shares = config.follow()
                ? TaskShare.ofUnknown(maxTasks)
                : TaskShare.ofKnown(files(config), CsvSourceConnector::size, maxTasks);
        return shares.stream()
                .map(share -> {
                    Map<String, String> settings = new HashMap<>(properties);
                    settings.putAll(share);
                    return settings;
                })
                .toList();
    }

    @Override
    public void stop() {}

    @Override
    public ExactlyOnceSupport exactlyOnceSupport(Map<String, String> settings) {
        return ExactlyOnceSupport.SUPPORTED;
    }

    /** Offsets may be removed, or be moved back to one that was stored before: any other could be the middle of a row. */
    @Override
    public boolean alterOffsets(Map<String, String> settings, Map<Map<String, ?>, Map<String, ?>> offsets) {
        offsets.forEach((partition, offset) -> {
            if (partition.size() != 1 || !(partition.get(FilePosition.FILE) instanceof String)) {
                throw new ConnectException("a partition is {\"file\": PATH}, not " + partition);
            }
            try {
                FilePosition.ofOffset(offset);
            } catch (IllegalArgumentException e) {
                throw new ConnectException(partition.get(FilePosition.FILE) + ": " + e.getMessage(), e);
            }
        });
        return true;
    }

    private static void check(Map<String, String> settings) {
        CsvSourceConfig config = new CsvSourceConfig(settings);
        if (config.follow()) {
            new InputFiles(config.inputPath(), config.inputFilePattern()).listPresent();
            return;
        }
        for (Path file : files(config)) {
            try (CsvFile opened = CsvFile.open(file, config, null)) {
                opened.endIsFinal();
            } catch (IOException e) {
                throw new SettingException(Settings.INPUT_PATH, "can't read " + file + ": " + e);
            }
        }
    }

    private static List<Path> files(CsvSourceConfig config) {
        return new InputFiles(config.inputPath(), config.inputFilePattern()).list();
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("can't tell the size of " + file, e);
        }
    }

    private static void noteError(List<ConfigValue> values, String setting, @Nullable String message) {
        String text = String.valueOf(message);
        for (ConfigValue value : values) {
            if (value.name().equals(setting)) {
                value.addErrorMessage(text);
                return;
            }
        }
        ConfigValue unknown = new ConfigValue(setting);
        unknown.addErrorMessage(text);
        values.add(unknown);
    }
}
