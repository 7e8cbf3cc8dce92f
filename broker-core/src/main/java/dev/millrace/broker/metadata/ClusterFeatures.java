package dev.millrace.broker.metadata;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The features whose level the whole cluster agrees on (KIP-584), with the levels that this release knows: those of Apache
 * Kafka 4.3, for its clients go by them.
 *
 * <p>Share and streams groups are among them though they are not served yet. Whether there are such groups clients learn from
 * the keys that are advertised, and say at once that there are none; no client asks for the level. A cluster that begins with
 * it tells tools what an Apache Kafka tells, and needs no upgrade the day these groups are served.
 */
public final class ClusterFeatures {

    public static final String METADATA_VERSION = "metadata.version";
    public static final String TRANSACTION_VERSION = "transaction.version";
    public static final String GROUP_VERSION = "group.version";
    public static final String SHARE_VERSION = "share.version";
    public static final String STREAMS_VERSION = "streams.version";
    static final String KRAFT_VERSION = "kraft.version";

    /**
     * A feature. A new cluster begins at the highest level.
     *
     * @param minLevel 0 when the cluster can do without
     */
    public record Feature(String name, short minLevel, short maxLevel) {}

    private static final List<Feature> ALL = List.of(
            new Feature(EligibleLeaderReplicas.FEATURE, (short) 0, (short) 1),
            new Feature(GROUP_VERSION, (short) 0, (short) 1),
            new Feature(KRAFT_VERSION, (short) 0, (short) 1),
            // 3.3-IV3 to 4.3-IV0.
            new Feature(METADATA_VERSION, (short) 7, (short) 30),
            new Feature(SHARE_VERSION, (short) 0, (short) 1),
            new Feature(STREAMS_VERSION, (short) 0, (short) 1),
            new Feature(TRANSACTION_VERSION, (short) 0, (short) 2));

    private static final Map<String, Short> INITIAL = initial();

    private ClusterFeatures() {}

    /** Every feature that this release knows. */
    public static List<Feature> all() {
        return ALL;
    }

    static @Nullable Feature named(String name) {
        for (Feature feature : ALL) {
            if (feature.name().equals(name)) {
                return feature;
            }
        }
        return null;
    }

    /** The levels of a new cluster. */
    static Map<String, Short> initialLevels() {
        return INITIAL;
    }

    private static Map<String, Short> initial() {
        Map<String, Short> levels = new TreeMap<>();
        ALL.forEach(feature -> levels.put(feature.name(), feature.maxLevel()));
        return Map.copyOf(levels);
    }
}
