package dev.millrace.broker;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.api.cluster.ClusterApis;
import dev.millrace.broker.api.config.ConfigApis;
import dev.millrace.broker.api.record.RecordApis;
import dev.millrace.broker.api.replica.ReplicaApis;
import dev.millrace.broker.api.security.SecurityApis;
import dev.millrace.broker.api.telemetry.TelemetryApis;
import dev.millrace.broker.api.telemetry.TelemetryReceivers;
import dev.millrace.broker.api.topic.AutoTopicCreation;
import dev.millrace.broker.api.topic.TopicApis;
import dev.millrace.broker.coordinator.InternalTopics;
import dev.millrace.broker.coordinator.transaction.Participation;
import java.util.ArrayList;
import java.util.List;

/** All handlers but those of the coordinators, of groups and of transactions, which bring their own. */
final class NodeApis {

    private NodeApis() {}

    static List<ApiHandler<?, ?>> handlers(
            NodeView node,
            AutoTopicCreation creation,
            InternalTopics coordinatorTopics,
            Participation participation,
            TelemetryReceivers telemetry) {
        List<ApiHandler<?, ?>> handlers = new ArrayList<>();
        handlers.addAll(RecordApis.handlers(node, participation));
        handlers.addAll(TopicApis.handlers(node, creation));
        handlers.addAll(ReplicaApis.handlers(node));
        handlers.addAll(ConfigApis.handlers(node));
        handlers.addAll(ClusterApis.handlers(node, coordinatorTopics));
        handlers.addAll(SecurityApis.handlers(node));
        handlers.addAll(TelemetryApis.handlers(node, telemetry));
        return handlers;
    }
}
