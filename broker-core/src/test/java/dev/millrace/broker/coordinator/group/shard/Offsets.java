package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.group.offset.CommitOffsets;
import dev.millrace.broker.coordinator.group.offset.CommitTransactionalOffsets;
import dev.millrace.broker.coordinator.group.offset.FetchOffsets;
import dev.millrace.broker.coordinator.group.offset.OffsetForgotten;
import dev.millrace.broker.machine.ShardRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

/** Requests about offsets of partition 0 of topics, to the shard of a {@link TestHost}. */
public final class Offsets {

    public static final ShardRecord.Producer PRODUCER = new ShardRecord.Producer(9, (short) 0);

    private final TestHost host;

    public Offsets(TestHost host) {
        this.host = host;
    }

    public static OffsetCommitRequestData request(String topic, long offset) {
        OffsetCommitRequestTopic committed = new OffsetCommitRequestTopic().setName(topic);
        committed.partitions().add(new OffsetCommitRequestPartition().setCommittedOffset(offset));
        return new OffsetCommitRequestData().setGroupId(TestHost.GROUP).setTopics(List.of(committed));
    }

    public static OffsetCommitRequestData requestOf(String memberId, int generation) {
        return request("t", 1).setMemberId(memberId).setGenerationIdOrMemberEpoch(generation);
    }

    public Errors commit(String topic, long offset) {
        return commit(request(topic, offset));
    }

    public Errors commit(OffsetCommitRequestData request) {
        return commit(request, 9);
    }

    public Errors commit(OffsetCommitRequestData request, int version) {
        HeldTicket<OffsetCommitResponseData> ticket = new HeldTicket<>();
        host.submit(new CommitOffsets(request, (short) version, ticket));
        return Errors.forCode(ticket.value().topics().get(0).partitions().get(0).errorCode());
    }

    public static TxnOffsetCommitRequestData transactional(String topic, long offset) {
        TxnOffsetCommitRequestTopic committed = new TxnOffsetCommitRequestTopic().setName(topic);
        committed
                .partitions()
                .add(new TxnOffsetCommitRequestPartition()
                        .setCommittedOffset(offset)
                        .setCommittedMetadata(""));
        return new TxnOffsetCommitRequestData()
                .setTransactionalId("txn")
                .setGroupId(TestHost.GROUP)
                .setProducerId(PRODUCER.id())
                .setProducerEpoch(PRODUCER.epoch())
                .setTopics(List.of(committed));
    }

    public Errors commitInTransaction(String topic, long offset) {
        return commit(transactional(topic, offset));
    }

    public Errors commit(TxnOffsetCommitRequestData request) {
        HeldTicket<TxnOffsetCommitResponseData> ticket = new HeldTicket<>();
        host.submit(new CommitTransactionalOffsets(request, Map.of("ided", new Uuid(1, 1)), ticket));
        return Errors.forCode(ticket.value().topics().get(0).partitions().get(0).errorCode());
    }

    public void endTransaction(boolean commit) {
        host.given(new GroupEventCodec().transactionEnded(PRODUCER, commit));
    }

    /** What the group has of the topic; -1 if nothing. */
    public long committed(String topic) {
        return fetch(topic, false).committedOffset();
    }

    public Errors stable(String topic) {
        return Errors.forCode(fetch(topic, true).errorCode());
    }

    public OffsetFetchResponsePartitions fetch(String topic, boolean requireStable) {
        return fetch(topic, Uuid.ZERO_UUID, requireStable);
    }

    public OffsetFetchResponsePartitions fetch(String topic, Uuid topicId, boolean requireStable) {
        OffsetFetchRequestTopics requested = new OffsetFetchRequestTopics()
                .setName(topic)
                .setTopicId(topicId)
                .setPartitionIndexes(List.of(0));
        return fetchTopics(List.of(requested), requireStable)
                .topics()
                .get(0)
                .partitions()
                .get(0);
    }

    public OffsetFetchResponseGroup fetchAll(boolean requireStable) {
        return fetchTopics(null, requireStable);
    }

    private OffsetFetchResponseGroup fetchTopics(List<OffsetFetchRequestTopics> topics, boolean requireStable) {
        HeldTicket<OffsetFetchResponseGroup> ticket = new HeldTicket<>();
        host.submit(new FetchOffsets(
                new OffsetFetchRequestGroup().setGroupId(TestHost.GROUP).setTopics(topics), requireStable, ticket));
        return ticket.value();
    }

    public Errors deleteGroup() {
        HeldTicket<List<DeletableGroupResult>> ticket = new HeldTicket<>();
        host.submit(new DeleteGroups(Set.of(TestHost.GROUP), ticket));
        return Errors.forCode(ticket.value().get(0).errorCode());
    }

    public static OffsetForgotten forgotten(String topic) {
        return new OffsetForgotten(TestHost.GROUP, new TopicPartition(topic, 0));
    }
}
