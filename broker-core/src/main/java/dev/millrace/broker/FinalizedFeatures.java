package dev.millrace.broker;

import dev.millrace.broker.api.ApiVersionsHandler;
import dev.millrace.broker.metadata.ClusterFeatures;
import dev.millrace.broker.metadata.ClusterImage;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.common.feature.SupportedVersionRange;

/** The features of the cluster, as its metadata have them at the moment. */
final class FinalizedFeatures implements ApiVersionsHandler.Features {

    private static final Map<String, SupportedVersionRange> SUPPORTED = supportedRanges();

    private final Supplier<ClusterImage> image;

    FinalizedFeatures(Supplier<ClusterImage> image) {
        this.image = image;
    }

    private static Map<String, SupportedVersionRange> supportedRanges() {
        Map<String, SupportedVersionRange> ranges = new TreeMap<>();
        for (ClusterFeatures.Feature feature : ClusterFeatures.all()) {
            ranges.put(feature.name(), new SupportedVersionRange(feature.minLevel(), feature.maxLevel()));
        }
        return ranges;
    }

    @Override
    public Map<String, SupportedVersionRange> supported() {
        return SUPPORTED;
    }

    @Override
    public Map<String, Short> finalized() {
        Map<String, Short> levels = new TreeMap<>(image.get().features());
        levels.values().removeIf(level -> level == 0);
        return levels;
    }

    @Override
    public long epoch() {
        return image.get().version();
    }
}
