package dev.millrace.broker.wire;

import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Which API keys are served in which versions: every stable version that the codec knows, for exactly the keys that have a
 * handler. What is advertised here a client will send. Immutable; any thread.
 */
public final class ServedVersions {

    private static final boolean UNSTABLE_TOO = false;

    private final Set<ApiKeys> keys;
    private final Predicate<ApiKeys> advertised;

    /** Of these keys, all of them advertised. */
    public ServedVersions(Collection<ApiKeys> keys) {
        this(keys, key -> true);
    }

    /** @param advertised which of the keys clients are invited to use */
    public ServedVersions(Collection<ApiKeys> keys, Predicate<ApiKeys> advertised) {
        this.advertised = advertised;
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
            if (!advertised.test(key)) {
                continue;
            }
            key.toApiVersionForApiResponse(UNSTABLE_TOO, ListenerType.BROKER).ifPresent(ranges::add);
        }
        return ranges;
    }
}
