package dev.millrace.broker.api.replica;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import java.util.List;

/** The handlers of replicas. */
public final class ReplicaApis {

    private ReplicaApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node) {
        return List.of(
                new DescribeLogDirsHandler(node),
                new AlterReplicaLogDirsHandler(node),
                new ListPartitionReassignmentsHandler(),
                new AlterPartitionReassignmentsHandler(node),
                new ElectLeadersHandler(node));
    }
}
