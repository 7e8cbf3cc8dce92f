package dev.millrace.broker.api;

import dev.millrace.broker.coordinator.transaction.Participation;
import java.util.ArrayList;
import java.util.List;

/** The handlers of topics, records and settings. */
public final class DataApis {

    private DataApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(
            NodeView node, AutoTopicCreation creation, Participation participation, TelemetryReceivers telemetry) {
        int slots = node.fixedInt("max.incremental.fetch.session.cache.slots");
        FetchSessions sessions = new FetchSessions(
                () -> slots, () -> (int) node.randomIds().get().getLeastSignificantBits());
        List<ApiHandler<?, ?>> handlers = new ArrayList<>(List.of(
                new ProduceHandler(node, participation),
                new FetchHandler(node, sessions),
                new ListOffsetsHandler(node),
                new OffsetForLeaderEpochHandler(node),
                new DeleteRecordsHandler(node),
                new MetadataHandler(node, creation),
                new DescribeTopicPartitionsHandler(node),
                new DescribeClusterHandler(node),
                new CreateTopicsHandler(node),
                new DeleteTopicsHandler(node),
                new CreatePartitionsHandler(node),
                new DescribeConfigsHandler(node),
                new IncrementalAlterConfigsHandler(node),
                new AlterConfigsHandler(node),
                new ListConfigResourcesHandler(node),
                new DescribeLogDirsHandler(node),
                new DescribeProducersHandler(node),
                new ListPartitionReassignmentsHandler(),
                new AlterPartitionReassignmentsHandler(node),
                new AlterReplicaLogDirsHandler(node),
                new ElectLeadersHandler(node),
                new DescribeQuorumHandler(node),
                new UpdateFeaturesHandler(node),
                new UnregisterBrokerHandler(node)));
        handlers.add(new DescribeClientQuotasHandler(node));
        handlers.add(new AlterClientQuotasHandler(node));
        handlers.add(new DescribeUserScramCredentialsHandler(node));
        handlers.add(new AlterUserScramCredentialsHandler(node));
        handlers.addAll(TelemetryApis.handlers(node, telemetry));
        handlers.addAll(RaftVoterApis.handlers(node));
        handlers.addAll(DelegationTokenApis.handlers());
        handlers.addAll(UnavailableHandler.ofSecurity());
        return handlers;
    }
}
