package dev.millrace.connect.task;

import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

/**
 * Between the records of a connector and those of the broker. Owned by the task's thread: what is being converted is kept in
 * fields, so that no step allocates more than its result.
 */
public final class Converters {

    private final Converter keys;
    private final Converter values;
    private final HeaderConverter headers;

    private RecordHeaders outgoing = new RecordHeaders();

    private final Function<ConnectRecord<?>, Headers> headersOut = this::headersOut;
    private final Function<ConnectRecord<?>, byte @Nullable []> keyOut = this::keyOut;
    private final Function<ConnectRecord<?>, byte @Nullable []> valueOut = this::valueOut;
    private final Function<ConsumerRecord<byte[], byte[]>, SchemaAndValue> keyIn = this::keyIn;
    private final Function<ConsumerRecord<byte[], byte[]>, SchemaAndValue> valueIn = this::valueIn;
    private final Function<ConsumerRecord<byte[], byte[]>, ConnectHeaders> headersIn = this::headersIn;

    public Converters(Converter keys, Converter values, HeaderConverter headers) {
        this.keys = keys;
        this.values = values;
        this.headers = headers;
    }

    ProducerRecord<byte[], byte[]> toBroker(SourceRecord record, ErrorHandler errors) throws RecordGivenUp {
        Headers converted = errors.run(Stage.HEADER_CONVERTER, headers.getClass(), headersOut, record);
        byte[] key = errors.run(Stage.KEY_CONVERTER, keys.getClass(), keyOut, record);
        byte[] value = errors.run(Stage.VALUE_CONVERTER, values.getClass(), valueOut, record);
        return new ProducerRecord<>(
                record.topic(), record.kafkaPartition(), timestamp(record.timestamp()), key, value, converted);
    }

    SinkRecord fromBroker(ConsumerRecord<byte[], byte[]> record, ErrorHandler errors) throws RecordGivenUp {
        SchemaAndValue key = errors.run(Stage.KEY_CONVERTER, keys.getClass(), keyIn, record);
        SchemaAndValue value = errors.run(Stage.VALUE_CONVERTER, values.getClass(), valueIn, record);
        ConnectHeaders converted = errors.run(Stage.HEADER_CONVERTER, headers.getClass(), headersIn, record);
        return new ConsumedRecord(
                record,
                new SinkRecord(
                        record.topic(),
                        record.partition(),
                        key.schema(),
                        key.value(),
                        value.schema(),
                        value.value(),
                        record.offset(),
                        timestamp(record.timestamp()),
                        record.timestampType(),
                        converted));
    }

    /** What a sink record may have looked like when it was read; for records that a connector made itself. */
    ConsumerRecord<byte[], byte[]> asConsumed(SinkRecord record) {
        Headers converted = headersOut(record);
        Long timestamp = record.timestamp();
        byte[] key = keyOut(record);
        byte[] value = valueOut(record);
        return new ConsumerRecord<>(
                record.topic(),
                record.kafkaPartition() == null ? -1 : record.kafkaPartition(),
                record.kafkaOffset(),
                timestamp == null ? -1 : timestamp,
                record.timestampType() == null ? TimestampType.NO_TIMESTAMP_TYPE : record.timestampType(),
                key == null ? -1 : key.length,
                value == null ? -1 : value.length,
                key,
                value,
                converted,
                Optional.empty());
    }

    private static @Nullable Long timestamp(@Nullable Long timestamp) {
        return timestamp == null || timestamp < 0 ? null : timestamp;
    }

    private Headers headersOut(ConnectRecord<?> record) {
        RecordHeaders result = new RecordHeaders();
        for (Header header : record.headers()) {
            result.add(
                    header.key(),
                    headers.fromConnectHeader(record.topic(), header.key(), header.schema(), header.value()));
        }
        outgoing = result;
        return result;
    }

    private byte @Nullable [] keyOut(ConnectRecord<?> record) {
        return keys.fromConnectData(record.topic(), outgoing, record.keySchema(), record.key());
    }

    private byte @Nullable [] valueOut(ConnectRecord<?> record) {
        return values.fromConnectData(record.topic(), outgoing, record.valueSchema(), record.value());
    }

    private SchemaAndValue keyIn(ConsumerRecord<byte[], byte[]> record) {
        return keys.toConnectData(record.topic(), record.headers(), record.key());
    }

    private SchemaAndValue valueIn(ConsumerRecord<byte[], byte[]> record) {
        return values.toConnectData(record.topic(), record.headers(), record.value());
    }

    private ConnectHeaders headersIn(ConsumerRecord<byte[], byte[]> record) {
        ConnectHeaders result = new ConnectHeaders();
        for (var header : record.headers()) {
            result.add(header.key(), headers.toConnectHeader(record.topic(), header.key(), header.value()));
        }
        return result;
    }
}
