package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.group.GroupApis;
import dev.millrace.broker.api.group.LocalOffsetsAdmission;
import dev.millrace.broker.api.group.OffsetsAdmission;
import dev.millrace.broker.coordinator.EffectPerformer;
import dev.millrace.broker.coordinator.HostedTopic;
import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupConfig;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import dev.millrace.broker.coordinator.group.shard.GroupShard;
import dev.millrace.broker.coordinator.group.shard.TopicChanges;
import dev.millrace.broker.coordinator.transaction.Participation;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.ClusterMetadata;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.Partitions;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.jspecify.annotations.Nullable;

/** The coordinator of groups, as it hangs together with the rest of the broker. */
final class GroupCoordination {

    private static final String TOPIC = Topic.GROUP_METADATA_TOPIC_NAME;

    private final ShardHost<GroupCommand, GroupEvent> host;
    private final ClusterMetadata metadata;
    private final InternalTopics topics;

    GroupCoordination(GroupConfig config, ClusterMetadata metadata, InternalTopics topics, Executor diskPool) {
        this.metadata = metadata;
        this.topics = topics;
        this.host = new ShardHost<>(
                TOPIC,
                this::partitionCount,
                (partition, leaderEpoch) -> new GroupShard(config, new TopicsOfImage(metadata)),
                new GroupEventCodec(),
                EffectPerformer.none(),
                diskPool);
    }

    private int partitionCount() {
        // Without the topic nothing is hosted that could be counted out.
        return topics.partitionCount(TOPIC).orElse(1);
    }

    /** Has the coordinator follow its own topic, and what becomes of any. Before both start. */
    void follow(Partitions partitions) {
        partitions.listen(TOPIC, new HostedTopic(host));
        metadata.subscribe(new TopicChanges(host));
    }

    List<ApiHandler<?, ?>> handlers(Partitions partitions, Participation participation) {
        OffsetsAdmission admission = new LocalOffsetsAdmission(group -> partitionOf(group, partitions), participation);
        return GroupApis.handlers(host, this::image, Uuid::randomUuid, admission);
    }

    private @Nullable Partition partitionOf(String group, Partitions partitions) {
        TopicImage topic = image().topic(TOPIC);
        return topic == null ? null : partitions.find(topic.id(), host.partitionFor(group));
    }

    private ClusterImage image() {
        return metadata.image();
    }
}
