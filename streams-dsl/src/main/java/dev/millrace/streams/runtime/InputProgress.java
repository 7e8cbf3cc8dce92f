package dev.millrace.streams.runtime;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/** How far an application is with its input, over all its instances, as the brokers know it. */
public final class InputProgress {

    private final Engine engine;
    private final Admin admin;

    public InputProgress(Engine engine, Admin admin) {
        this.engine = engine;
        this.admin = admin;
    }

    /**
     * Whether all input is processed and committed. Ends are those for readers of uncommitted records: behind a transaction
     * that is still open there may be committed input that nobody could read yet.
     *
     * <p>Offsets are asked for before the ends. So what input below the committed
     * offsets had led to in a repartition topic is below that topic's end as told later; if that end was committed already,
     * nothing is on its way between sub-topologies.
     *
     * @throws org.apache.kafka.common.errors.ApiException if the brokers can't say
     */
    public boolean drained() throws InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = TopicSetup.await(
                admin.listConsumerGroupOffsets(engine.settings.applicationId(), new ListConsumerGroupOffsetsOptions())
                        .partitionsToOffsetAndMetadata());
        Map<TopicPartition, Long> ends = ends(engine.inputTopics());
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
            OffsetAndMetadata offset = committed.get(end.getKey());
            long reached = offset == null ? 0 : offset.offset();
            if (reached < end.getValue()) {
                return false;
            }
        }
        return true;
    }

    private Map<TopicPartition, Long> ends(Set<String> topics) throws InterruptedException {
        Map<String, TopicDescription> described =
                TopicSetup.await(admin.describeTopics(topics).allTopicNames());
        var wanted = new HashMap<TopicPartition, OffsetSpec>();
        described.forEach((topic, description) -> description
                .partitions()
                .forEach(partition ->
                        wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest())));
        ListOffsetsResult result = admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_UNCOMMITTED));
        var ends = new HashMap<TopicPartition, Long>();
        for (TopicPartition partition : wanted.keySet()) {
            ends.put(
                    partition,
                    TopicSetup.await(result.partitionResult(partition)).offset());
        }
        return ends;
    }
}
