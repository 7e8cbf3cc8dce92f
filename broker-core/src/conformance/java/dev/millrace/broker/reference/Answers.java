package dev.millrace.broker.reference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.jspecify.annotations.Nullable;

/** Answers as JSON, by Kafka's own converters; records, which those leave out, batch by batch. */
final class Answers {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Answers() {}

    static JsonNode json(ApiMessage answer, short version) {
        try {
            Class<?> converter = Class.forName(answer.getClass().getName() + "JsonConverter");
            JsonNode json = (JsonNode)
                    converter.getMethod("write", answer.getClass(), short.class).invoke(null, answer, version);
            if (answer instanceof FetchResponseData fetched) {
                showRecords(fetched, json);
            }
            return json;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("no JSON for " + answer.getClass(), e);
        }
    }

    private static void showRecords(FetchResponseData fetched, JsonNode json) {
        Iterator<JsonNode> topics = json.get("responses").iterator();
        for (FetchResponseData.FetchableTopicResponse topic : fetched.responses()) {
            Iterator<JsonNode> partitions = topics.next().get("partitions").iterator();
            for (FetchResponseData.PartitionData partition : topic.partitions()) {
                ((ObjectNode) partitions.next()).set("records", batches((MemoryRecords) partition.records()));
            }
        }
    }

    private static JsonNode batches(@Nullable MemoryRecords records) {
        if (records == null) {
            return JSON.nullNode();
        }
        ArrayNode batches = JSON.arrayNode();
        for (MutableRecordBatch batch : records.batches()) {
            ObjectNode shown = batches.addObject();
            shown.put("baseOffset", batch.baseOffset());
            shown.put("lastOffset", batch.lastOffset());
            shown.put("partitionLeaderEpoch", batch.partitionLeaderEpoch());
            shown.put("sizeInBytes", batch.sizeInBytes());
            shown.put("valid", batch.isValid());
            shown.put("magic", batch.magic());
            shown.put("compression", batch.compressionType().name);
            shown.put("timestampType", batch.timestampType().name);
            shown.put("maxTimestamp", batch.maxTimestamp());
            shown.put("producerId", batch.producerId());
            shown.put("producerEpoch", batch.producerEpoch());
            shown.put("baseSequence", batch.baseSequence());
            shown.put("transactional", batch.isTransactional());
            shown.put("control", batch.isControlBatch());
            ArrayNode each = shown.putArray("records");
            for (Record record : batch) {
                each.add(record.offset() + " " + text(record.key()) + "=" + text(record.value()));
            }
        }
        return batches;
    }

    private static @Nullable String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? null : StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
