package dev.millrace.connect.task;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.jspecify.annotations.Nullable;

/**
 * Source offsets as records of the offset topic, byte for byte as Kafka Connect writes them: compaction goes by the bytes of
 * the key. Thread-safe.
 */
public final class OffsetRecords {

    private final JsonConverter keys = converter(true);
    private final JsonConverter values = converter(false);

    private static JsonConverter converter(boolean isKey) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", "false"), isKey);
        return converter;
    }

    /** A source partition as it is read back: numbers are Long or Double. */
    public record Partition(String connector, Map<String, @Nullable Object> partition) {}

    /** @throws ConnectException when the partition holds something that JSON without a schema cannot hold */
    public byte[] key(String connector, @Nullable Map<String, ?> partition) {
        byte[] key;
        try {
            key = keys.fromConnectData("", null, Arrays.asList(connector, partition));
        } catch (DataException e) {
            throw new ConnectException(
                    "Source partition " + partition + " of connector " + connector
                            + " is not made of strings, numbers, booleans and nulls: " + e.getMessage(),
                    e);
        }
        return key;
    }

    /** @throws ConnectException as for {@link #key} */
    public byte @Nullable [] value(String connector, @Nullable Map<String, ?> offset) {
        try {
            return values.fromConnectData("", null, offset);
        } catch (DataException e) {
            throw new ConnectException(
                    "Source offset " + offset + " of connector " + connector
                            + " is not made of strings, numbers, booleans and nulls: " + e.getMessage(),
                    e);
        }
    }

    /** Empty for a key that is no source partition. */
    @SuppressWarnings("unchecked") // JSON without a schema yields maps by strings
    public Optional<Partition> readKey(byte[] key) {
        try {
            return keys.toConnectData("", key).value() instanceof List<?> parts
                            && parts.size() == 2
                            && parts.get(0) instanceof String connector
                            && parts.get(1) instanceof Map<?, ?> partition
                    ? Optional.of(new Partition(connector, (Map<String, @Nullable Object>) partition))
                    : Optional.empty();
        } catch (DataException e) {
            return Optional.empty();
        }
    }

    /** Null for a tombstone, and for a value that is no source offset. */
    @SuppressWarnings("unchecked") // as above
    public @Nullable Map<String, @Nullable Object> readValue(byte @Nullable [] value) {
        try {
            return value != null && values.toConnectData("", value).value() instanceof Map<?, ?> offset
                    ? (Map<String, @Nullable Object>) offset
                    : null;
        } catch (DataException e) {
            return null;
        }
    }

    /** The form in which {@link #readKey} would give this partition. */
    public Partition normalise(String connector, Map<String, ?> partition) {
        return readKey(key(connector, partition))
                .orElseThrow(() -> new ConnectException("Source partition " + partition + " cannot be read back"));
    }
}
