package dev.millrace.connect.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connect.doubles.MemorySinkConnector;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;
import org.apache.kafka.connect.health.ConnectorType;
import org.junit.jupiter.api.Test;

class The_client_override_policies {

    private static List<String> refused(ConnectorClientConfigOverridePolicy policy) {
        return policy
                .validate(new ConnectorClientConfigRequest(
                        "c",
                        ConnectorType.SINK,
                        MemorySinkConnector.class,
                        Map.of("sasl.mechanism", "PLAIN", "max.poll.records", 1),
                        ConnectorClientConfigRequest.ClientType.CONSUMER))
                .stream()
                .filter(value -> !value.errorMessages().isEmpty())
                .map(value -> value.name())
                .sorted()
                .toList();
    }

    @Test
    void allow_everything_or_nothing() {
        assertThat(refused(new AllConnectorClientConfigOverridePolicy())).isEmpty();
        assertThat(refused(new NoneConnectorClientConfigOverridePolicy()))
                .containsExactly("max.poll.records", "sasl.mechanism");
    }

    @Test
    void allow_the_principal_only() {
        assertThat(refused(new PrincipalConnectorClientConfigOverridePolicy())).containsExactly("max.poll.records");
    }

    @Test
    void allow_what_the_worker_lists() {
        var policy = new AllowlistConnectorClientConfigOverridePolicy();
        policy.configure(Map.of("connector.client.config.override.allowlist", "max.poll.records"));

        assertThat(refused(policy)).containsExactly("sasl.mechanism");
    }
}
