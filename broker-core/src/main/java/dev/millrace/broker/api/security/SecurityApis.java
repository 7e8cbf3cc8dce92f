package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.NodeView;
import java.util.ArrayList;
import java.util.List;

/** The handlers of who clients are and what they may do. */
public final class SecurityApis {

    private SecurityApis() {}

    /** All of them, for the table. */
    public static List<ApiHandler<?, ?>> handlers(NodeView node) {
        List<ApiHandler<?, ?>> handlers = new ArrayList<>(List.of(
                new DescribeClientQuotasHandler(node),
                new AlterClientQuotasHandler(node),
                new DescribeUserScramCredentialsHandler(node),
                new AlterUserScramCredentialsHandler(node)));
        handlers.addAll(DelegationTokenApis.handlers());
        handlers.addAll(UnavailableHandler.ofSecurity());
        return handlers;
    }
}
