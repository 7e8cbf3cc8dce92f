package dev.millrace.broker;

import dev.millrace.broker.config.Settings;
import dev.millrace.broker.metadata.CreateTopics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.internals.Topic;

/**
 * How the coordinators' topics are created when they are first needed. Replication that nobody has set is what one node can
 * do: Kafka's default of 3 replicas would keep a single node from ever having such a topic.
 */
final class InternalTopicSpecifications {

    private static final short REPLICAS_WHERE_NOT_SET = 1;

    private InternalTopicSpecifications() {}

    static List<CreateTopics.NewTopic> of(Settings settings) {
        return List.of(consumerOffsets(settings), transactionState(settings));
    }

    private static CreateTopics.NewTopic consumerOffsets(Settings settings) {
        return CreateTopics.NewTopic.of(
                Topic.GROUP_METADATA_TOPIC_NAME,
                settings.intOf("offsets.topic.num.partitions"),
                replicas(settings, "offsets.topic.replication.factor"),
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.COMPRESSION_TYPE_CONFIG,
                        "producer",
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        Integer.toString(settings.intOf("offsets.topic.segment.bytes"))));
    }

    private static CreateTopics.NewTopic transactionState(Settings settings) {
        short replicas = replicas(settings, "transaction.state.log.replication.factor");
        int minInsyncReplicas = settings.isSet("transaction.state.log.min.isr")
                ? settings.intOf("transaction.state.log.min.isr")
                : Math.min(settings.intOf("transaction.state.log.min.isr"), replicas);
        return CreateTopics.NewTopic.of(
                Topic.TRANSACTION_STATE_TOPIC_NAME,
                settings.intOf("transaction.state.log.num.partitions"),
                replicas,
                Map.of(
                        TopicConfig.CLEANUP_POLICY_CONFIG,
                        TopicConfig.CLEANUP_POLICY_COMPACT,
                        TopicConfig.COMPRESSION_TYPE_CONFIG,
                        "uncompressed",
                        TopicConfig.UNCLEAN_LEADER_ELECTION_ENABLE_CONFIG,
                        "false",
                        TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
                        Integer.toString(minInsyncReplicas),
                        TopicConfig.SEGMENT_BYTES_CONFIG,
                        Integer.toString(settings.intOf("transaction.state.log.segment.bytes"))));
    }

    private static short replicas(Settings settings, String key) {
        return settings.isSet(key) ? settings.shortOf(key) : REPLICAS_WHERE_NOT_SET;
    }
}
