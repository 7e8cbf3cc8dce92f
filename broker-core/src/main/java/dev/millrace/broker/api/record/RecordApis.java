package dev.millrace.broker.api.record;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.coordinator.transaction.Participation;
import java.util.List;

/** The handlers of records. */
public final class RecordApis {

    private RecordApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node, Participation participation) {
        int slots = node.fixedInt("max.incremental.fetch.session.cache.slots");
        FetchSessions sessions = new FetchSessions(
                () -> slots, () -> (int) node.randomIds().get().getLeastSignificantBits());
        return List.of(
                new ProduceHandler(node, participation),
                new FetchHandler(node, sessions),
                new ListOffsetsHandler(node),
                new OffsetForLeaderEpochHandler(node),
                new DeleteRecordsHandler(node),
                new DescribeProducersHandler(node));
    }
}
