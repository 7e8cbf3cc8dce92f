package dev.millrace.broker;

import dev.millrace.broker.api.ApiVersionsHandler;
import java.util.Map;
import org.apache.kafka.common.feature.SupportedVersionRange;

/** The features of a cluster that cannot change them: none beyond what every Kafka client takes for granted. */
final class FixedFeatures implements ApiVersionsHandler.Features {

    @Override
    public Map<String, SupportedVersionRange> supported() {
        return Map.of();
    }

    @Override
    public Map<String, Short> finalized() {
        return Map.of();
    }

    @Override
    public long epoch() {
        return -1;
    }
}
