package dev.millrace.connect.plugin;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;

/** A transformation that no service file names. */
public final class NamedByClassOnly implements Transformation<SourceRecord> {

    @Override
    public SourceRecord apply(SourceRecord record) {
        return record;
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}
