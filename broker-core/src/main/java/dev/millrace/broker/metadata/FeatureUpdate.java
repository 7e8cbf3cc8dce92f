package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.jspecify.annotations.Nullable;

/** Which levels features may be set to. */
final class FeatureUpdate {

    private final ClusterImage image;
    private final ControllerSettings settings;

    FeatureUpdate(ClusterImage image, ControllerSettings settings) {
        this.image = image;
        this.settings = settings;
    }

    Decision<MetadataEvent> decide(UpdateFeatures command) {
        List<MetadataEvent> events = new ArrayList<>();
        for (UpdateFeatures.Change change : command.changes()) {
            String reason = refusal(change);
            if (reason != null) {
                return Decision.answer(
                        command.ticket(), new UpdateFeatures.Outcome(new InvalidUpdateVersionException(reason)));
            }
            if (change.level() != image.featureLevel(change.feature())) {
                events.add(new MetadataEvent.FeatureLevelChanged(change.feature(), change.level()));
                if (change.feature().equals(EligibleLeaderReplicas.FEATURE) && change.level() > 0) {
                    events.addAll(EligibleLeaderReplicas.whenEnabled(image, settings));
                }
            }
        }
        Decision.Builder<MetadataEvent> decision = Decision.builder();
        if (!command.validateOnly()) {
            events.forEach(decision::event);
        }
        return decision.answer(command.ticket(), new UpdateFeatures.Outcome(null))
                .build();
    }

    /** In the words of Apache Kafka: tools show them. */
    private @Nullable String refusal(UpdateFeatures.Change change) {
        if (change.direction() == UpdateFeatures.Direction.UNKNOWN) {
            return invalid(change, "The controller does not support the given upgrade type.");
        }
        if (change.level() < 0) {
            return invalid(change, "A feature version cannot be less than 0.");
        }
        ClusterFeatures.Feature feature = ClusterFeatures.named(change.feature());
        if (feature == null) {
            return invalid(
                    change,
                    change.level() == 0
                            ? "Feature " + change.feature() + " not found."
                            : "The controller does not support this feature.");
        }
        if (change.level() < feature.minLevel() || change.level() > feature.maxLevel()) {
            return invalid(
                    change,
                    "The controller only supports versions " + feature.minLevel() + "-" + feature.maxLevel() + ".");
        }
        short now = image.featureLevel(change.feature());
        boolean upgrade = change.direction() == UpdateFeatures.Direction.UPGRADE;
        if (change.level() > now) {
            return upgrade ? null : invalid(change, "Can't downgrade to a newer version.");
        }
        if (change.level() == now) {
            return null;
        }
        return upgrade
                ? invalid(
                        change,
                        "Can't downgrade the version of this feature without setting the upgrade type to either safe or"
                                + " unsafe downgrade.")
                : downgradeRefusal(change, now);
    }

    private static @Nullable String downgradeRefusal(UpdateFeatures.Change change, short now) {
        return switch (change.feature()) {
            case ClusterFeatures.KRAFT_VERSION -> invalid(change, "Can't downgrade the version of this feature.");
            case ClusterFeatures.METADATA_VERSION ->
                "Unsupported metadata.version downgrade from " + now + " to " + change.level() + ". "
                        + (change.direction() == UpdateFeatures.Direction.UNSAFE_DOWNGRADE
                                ? "Unsafe metadata downgrade is not supported in this version."
                                : "Refusing to perform the requested downgrade because it might delete metadata"
                                        + " information.");
            default -> null;
        };
    }

    private static String invalid(UpdateFeatures.Change change, String reason) {
        return "Invalid update version " + change.level() + " for feature " + change.feature() + ". " + reason;
    }
}
