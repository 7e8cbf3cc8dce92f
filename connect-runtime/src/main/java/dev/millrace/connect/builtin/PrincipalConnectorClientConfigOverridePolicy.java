package dev.millrace.connect.builtin;

import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;

/** Connectors may say as whom they connect, and nothing else. */
public final class PrincipalConnectorClientConfigOverridePolicy extends ClientConfigOverridePolicy {

    private static final Set<String> ALLOWED = Set.of(
            SaslConfigs.SASL_JAAS_CONFIG, SaslConfigs.SASL_MECHANISM, CommonClientConfigs.SECURITY_PROTOCOL_CONFIG);

    @Override
    boolean allows(String setting) {
        return ALLOWED.contains(setting);
    }

    @Override
    String allowed() {
        return "it lets them set sasl.jaas.config, sasl.mechanism and security.protocol.";
    }
}
