package dev.millrace.broker.api;

import dev.millrace.broker.coordinator.transaction.Participation;
import java.util.List;

/** The handlers of topics, records and settings. */
public final class DataApis {

    private DataApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(
            NodeView node, AutoTopicCreation creation, Participation participation) {
        return List.of(
                new ProduceHandler(node, participation),
                new FetchHandler(node),
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
                new ElectLeadersHandler(node),
                new DescribeQuorumHandler(node),
                new UpdateFeaturesHandler(node));
    }
}
