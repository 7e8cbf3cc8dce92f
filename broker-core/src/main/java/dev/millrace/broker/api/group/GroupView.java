package dev.millrace.broker.api.group;

import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.TopicImage;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * What the handlers of groups work on.
 *
 * @param uniqueIds gives an id that was never given before
 */
record GroupView(ShardHost<GroupCommand, GroupEvent> host, Supplier<ClusterImage> image, Supplier<Uuid> uniqueIds) {

    /** The topic that a request names: by id from the versions on that have ids, by name before. Null if it is not there. */
    @Nullable
    TopicImage topic(@Nullable String name, Uuid id) {
        if (!id.equals(Uuid.ZERO_UUID)) {
            return image.get().topic(id);
        }
        return name == null ? null : image.get().topic(name);
    }
}
