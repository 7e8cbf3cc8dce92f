package dev.millrace.broker.wire;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Which API keys are served in which versions: every stable version that the codec knows, for exactly the keys that have a
 * handler. What is advertised here a client will send. Immutable; any thread.
 */
public final class ServedVersions {

    private static final boolean UNSTABLE_TOO = false;

    /** Clients would push their metrics here, which nobody looks at: they are not invited to. */
    private static final Set<ApiKeys> UNADVERTISED =
            EnumSet.of(ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS, ApiKeys.PUSH_TELEMETRY);

    private final Set<ApiKeys> keys;

    public ServedVersions(Collection<ApiKeys> keys) {
        this.keys = keys.isEmpty() ? EnumSet.noneOf(ApiKeys.class) : EnumSet.copyOf(keys);
    }

    public boolean serves(ApiKeys key) {
        return keys.contains(key);
    }

    public boolean serves(ApiKeys key, short version) {
        // The first check is for ApiVersions, which the second calls enabled in any version.
        return serves(key) && key.isVersionSupported(version) && key.isVersionEnabled(version, UNSTABLE_TOO);
    }

    /**
     * As ApiVersions (key 18) tells them. For Produce the range starts at 0, though versions below 3 are refused:
     * librdkafka takes any other start for a broker without compression (KAFKA-18659).
     */
    public ApiVersionCollection advertised() {
        ApiVersionCollection ranges = new ApiVersionCollection();
        for (ApiKeys key : keys) {
            if (UNADVERTISED.contains(key)) {
                continue;
            }
            key.toApiVersionForApiResponse(UNSTABLE_TOO, ListenerType.BROKER).ifPresent(ranges::add);
        }
        return ranges;
    }
}
