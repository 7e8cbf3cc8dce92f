package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** The cluster elsewhere that a run was given. */
final class Cluster {

    private static final int TIMEOUT_MS = 15_000;

    private Cluster() {}

    /** @throws UserError when nobody answers there. Clients of their own accord would try for minutes, or for ever. */
    static void requireReachable(String bootstrapServers) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                TIMEOUT_MS,
                AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG,
                false))) {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException e) {
            throw new UserError(
                    "no broker has answered on " + bootstrapServers + " for " + TIMEOUT_MS / 1000
                            + " s: start one there, or correct --bootstrap-servers",
                    e);
        } catch (KafkaException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserError(
                    "--bootstrap-servers " + bootstrapServers + ": " + cause.getMessage()
                            + "; expected HOST:PORT, several separated by commas",
                    e);
        }
    }
}
