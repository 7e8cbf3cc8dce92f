package dev.millrace.streams.process;

import dev.millrace.streams.kstream.TimestampExtractor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;

/** The beginning of a stream: how a topic's bytes are read. */
final class SourceProcessor extends Processor {

    final Deserializer<Object> keyDeserializer;
    final Deserializer<Object> valueDeserializer;
    final TimestampExtractor timestampExtractor;

    @SuppressWarnings("unchecked")
    SourceProcessor(
            String name, TaskContext context, Serde<?> keySerde, Serde<?> valueSerde, TimestampExtractor extractor) {
        super(name, context);
        this.keyDeserializer = (Deserializer<Object>) keySerde.deserializer();
        this.valueDeserializer = (Deserializer<Object>) valueSerde.deserializer();
        this.timestampExtractor = extractor;
    }

    /** Only extractors that want more than the record's own time are worth a copy of the record. */
    long timestampOf(ConsumerRecord<byte[], byte[]> raw, Object key, Object value, long partitionTimeMs) {
        if (timestampExtractor == TimestampExtractor.RECORD_TIME) {
            return raw.timestamp();
        }
        var record = new ConsumerRecord<>(
                raw.topic(),
                raw.partition(),
                raw.offset(),
                raw.timestamp(),
                raw.timestampType(),
                raw.serializedKeySize(),
                raw.serializedValueSize(),
                key,
                value,
                raw.headers(),
                raw.leaderEpoch());
        return timestampExtractor.extract(record, partitionTimeMs);
    }

    @Override
    void process(Object key, Object value, long timestampMs) {
        forward(key, value, timestampMs);
    }
}
