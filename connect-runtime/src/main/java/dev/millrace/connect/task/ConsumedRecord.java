package dev.millrace.connect.task;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** A sink record that remembers, through all transformations, what was read: that is what a dead letter queue gets. */
final class ConsumedRecord extends SinkRecord {

    private final ConsumerRecord<byte[], byte[]> consumed;

    ConsumedRecord(ConsumerRecord<byte[], byte[]> consumed, SinkRecord record) {
        super(
                record.topic(),
                record.kafkaPartition(),
                record.keySchema(),
                record.key(),
                record.valueSchema(),
                record.value(),
                record.kafkaOffset(),
                record.timestamp(),
                record.timestampType(),
                record.headers(),
                consumed.topic(),
                consumed.partition(),
                consumed.offset());
        this.consumed = consumed;
    }

    ConsumerRecord<byte[], byte[]> consumed() {
        return consumed;
    }

    @Override
    public SinkRecord newRecord(
            String topic,
            @Nullable Integer partition,
            @Nullable Schema keySchema,
            @Nullable Object key,
            @Nullable Schema valueSchema,
            @Nullable Object value,
            @Nullable Long timestamp) {
        return newRecord(
                topic,
                partition,
                keySchema,
                key,
                valueSchema,
                value,
                timestamp,
                headers().duplicate());
    }

    @Override
    public SinkRecord newRecord(
            String topic,
            @Nullable Integer partition,
            @Nullable Schema keySchema,
            @Nullable Object key,
            @Nullable Schema valueSchema,
            @Nullable Object value,
            @Nullable Long timestamp,
            Iterable<Header> headers) {
        return new ConsumedRecord(
                consumed,
                new SinkRecord(
                        topic,
                        partition == null ? consumed.partition() : partition,
                        keySchema,
                        key,
                        valueSchema,
                        value,
                        kafkaOffset(),
                        timestamp,
                        timestampType(),
                        headers));
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
