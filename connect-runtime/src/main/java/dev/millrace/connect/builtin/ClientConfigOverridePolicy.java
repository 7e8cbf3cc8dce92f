package dev.millrace.connect.builtin;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigValue;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigOverridePolicy;
import org.apache.kafka.connect.connector.policy.ConnectorClientConfigRequest;

/** Judges setting by setting which client settings a connector may override (KIP-458). */
abstract class ClientConfigOverridePolicy implements ConnectorClientConfigOverridePolicy {

    abstract boolean allows(String setting);

    /** What may be set, for the message to whoever set something else. */
    abstract String allowed();

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public final List<ConfigValue> validate(ConnectorClientConfigRequest request) {
        return request.clientProps().entrySet().stream()
                .map(setting -> {
                    ConfigValue value = new ConfigValue(setting.getKey());
                    value.value(setting.getValue());
                    if (!allows(setting.getKey())) {
                        value.addErrorMessage("The worker's override policy does not let connectors set \""
                                + setting.getKey() + "\"; " + allowed());
                    }
                    return value;
                })
                .toList();
    }

    @Override
    public String version() {
        return AppInfoParser.getVersion();
    }

    @Override
    public void close() {}
}
