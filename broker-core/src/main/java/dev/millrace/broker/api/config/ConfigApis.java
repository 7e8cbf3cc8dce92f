package dev.millrace.broker.api.config;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import java.util.List;

/** The handlers of settings. */
public final class ConfigApis {

    private ConfigApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node) {
        return List.of(
                new DescribeConfigsHandler(node),
                new IncrementalAlterConfigsHandler(node),
                new AlterConfigsHandler(node),
                new ListConfigResourcesHandler(node));
    }
}
