package dev.millrace.broker;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** The requests of one transactional id's producer, as the Java client fills them in. */
record ProducerRequests(String transactionalId, String groupId, int timeoutMs, long producerId, short epoch) {

    private static final int REQUEST_TIMEOUT_MS = 30_000;

    ApiMessage init() {
        return new InitProducerIdRequestData()
                .setTransactionalId(transactionalId)
                .setTransactionTimeoutMs(timeoutMs)
                .setProducerId(producerId)
                .setProducerEpoch(epoch);
    }

    ApiMessage addPartitions(List<Integer> partitions) {
        AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection topics =
                new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic()
                .setName(SimulatedNode.TOPIC)
                .setPartitions(partitions));
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(transactionalId)
                .setV3AndBelowProducerId(producerId)
                .setV3AndBelowProducerEpoch(epoch)
                .setV3AndBelowTopics(topics);
    }

    ApiMessage addOffsets() {
        return new AddOffsetsToTxnRequestData()
                .setTransactionalId(transactionalId)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setGroupId(groupId);
    }

    ApiMessage commitOffset(long offset) {
        TxnOffsetCommitRequestData request = new TxnOffsetCommitRequestData()
                .setTransactionalId(transactionalId)
                .setGroupId(groupId)
                .setProducerId(producerId)
                .setProducerEpoch(epoch);
        request.topics()
                .add(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic()
                        .setName(SimulatedNode.TOPIC)
                        .setPartitions(List.of(new TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition()
                                .setPartitionIndex(0)
                                .setCommittedOffset(offset))));
        return request;
    }

    ApiMessage end(boolean commit) {
        return new EndTxnRequestData()
                .setTransactionalId(transactionalId)
                .setProducerId(producerId)
                .setProducerEpoch(epoch)
                .setCommitted(commit);
    }

    /** @param batches of as many partitions */
    ApiMessage produce(List<ModelBatch> batches) {
        ProduceRequestData request = new ProduceRequestData()
                .setTransactionalId(transactionalId)
                .setAcks((short) -1)
                .setTimeoutMs(REQUEST_TIMEOUT_MS);
        ProduceRequestData.TopicProduceData topic =
                new ProduceRequestData.TopicProduceData().setName(SimulatedNode.TOPIC);
        batches.forEach(batch -> topic.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setIndex(batch.partition())
                        .setRecords(MemoryRecords.withTransactionalRecords(
                                Compression.NONE,
                                batch.producerId(),
                                batch.epoch(),
                                batch.sequence(),
                                new SimpleRecord(
                                        1_700_000_000_000L, null, batch.value().getBytes(StandardCharsets.UTF_8))))));
        request.topicData().add(topic);
        return request;
    }
}
