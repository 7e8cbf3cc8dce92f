package dev.millrace.broker.api.cluster;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.coordinator.InternalTopics;
import java.util.ArrayList;
import java.util.List;

/** The handlers of the cluster as a whole. */
public final class ClusterApis {

    private ClusterApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node, InternalTopics coordinatorTopics) {
        List<ApiHandler<?, ?>> handlers = new ArrayList<>(List.of(
                new DescribeClusterHandler(node),
                new FindCoordinatorHandler(coordinatorTopics),
                new DescribeQuorumHandler(node),
                new UpdateFeaturesHandler(node),
                new UnregisterBrokerHandler(node)));
        handlers.addAll(RaftVoterApis.handlers(node));
        return handlers;
    }
}
