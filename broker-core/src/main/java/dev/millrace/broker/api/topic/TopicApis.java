package dev.millrace.broker.api.topic;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import java.util.List;

/** The handlers of topics. */
public final class TopicApis {

    private TopicApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node, AutoTopicCreation creation) {
        return List.of(
                new MetadataHandler(node, creation),
                new DescribeTopicPartitionsHandler(node),
                new CreateTopicsHandler(node),
                new DeleteTopicsHandler(node),
                new CreatePartitionsHandler(node));
    }
}
