package dev.millrace.connect.builtin;

import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.ConverterConfig;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/** One number or boolean in the binary form of Kafka's serializer of its type. */
abstract class PrimitiveConverter<T> implements Converter, HeaderConverter {

    private final Class<T> type;
    private final Schema schema;
    private final Serde<T> serde;

    PrimitiveConverter(Class<T> type, Schema schema, Serde<T> serde) {
        this.type = type;
        this.schema = schema;
        this.serde = serde;
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {}

    @Override
    public byte @Nullable [] fromConnectData(String topic, @Nullable Schema given, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (!type.isInstance(value)) {
            throw new DataException(getClass().getSimpleName() + " takes " + type.getSimpleName() + ", not "
                    + value.getClass().getName());
        }
        return serde.serializer().serialize(topic, type.cast(value));
    }

    @Override
    public SchemaAndValue toConnectData(String topic, byte @Nullable [] value) {
        try {
            return new SchemaAndValue(
                    schema, value == null ? null : serde.deserializer().deserialize(topic, value));
        } catch (SerializationException e) {
            throw new DataException("Not a " + type.getSimpleName() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte @Nullable [] fromConnectHeader(
            String topic, String headerKey, @Nullable Schema given, @Nullable Object value) {
        return fromConnectData(topic, given, value);
    }

    @Override
    public SchemaAndValue toConnectHeader(String topic, String headerKey, byte @Nullable [] value) {
        return toConnectData(topic, value);
    }

    @Override
    public ConfigDef config() {
        return ConverterConfig.newConfigDef();
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public void close() {}
}
