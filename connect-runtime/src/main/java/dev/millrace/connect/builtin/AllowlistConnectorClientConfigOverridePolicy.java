package dev.millrace.connect.builtin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** Connectors may override the client settings that the worker names in {@value #ALLOWLIST} (KIP-1188). */
public final class AllowlistConnectorClientConfigOverridePolicy extends ClientConfigOverridePolicy {

    static final String ALLOWLIST = "connector.client.config.override.allowlist";

    private static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    ALLOWLIST,
                    ConfigDef.Type.LIST,
                    "",
                    ConfigDef.Importance.MEDIUM,
                    "Client settings that connectors may override.");

    private List<String> allowed = List.of();

    @Override
    public void configure(Map<String, ?> configs) {
        allowed = new AbstractConfig(DEFINITION, configs, false).getList(ALLOWLIST);
    }

    @Override
    public ConfigDef config() {
        return DEFINITION;
    }

    @Override
    boolean allows(String setting) {
        return allowed.contains(setting);
    }

    @Override
    String allowed() {
        return "it lets them set " + allowed + ".";
    }
}
