package dev.millrace.broker.coordinator.group.shard;

import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.coordinator.group.consumer.TopicsChanged;
import dev.millrace.broker.coordinator.group.offset.ForgetTopics;
import dev.millrace.broker.metadata.ImageChange;
import dev.millrace.broker.metadata.ImageSubscriber;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** Tells the groups of topics that come, go or grow. On the metadata loop. */
public final class TopicChanges implements ImageSubscriber {

    private final ShardHost<GroupCommand, GroupEvent> host;

    public TopicChanges(ShardHost<GroupCommand, GroupEvent> host) {
        this.host = host;
    }

    /** Nobody waits for the groups: offsets of a topic that is gone don't count any more, for they tell the topic's id. */
    @Override
    public void onImage(ImageChange change, Runnable ready) {
        List<ForgetTopics.DeletedTopic> deleted = new ArrayList<>();
        Set<String> changed = new HashSet<>();
        for (Uuid id : change.changedTopics()) {
            TopicImage before = change.before().topic(id);
            TopicImage after = change.after().topic(id);
            if (before != null && after == null) {
                deleted.add(new ForgetTopics.DeletedTopic(before.name(), id));
            }
            if (before == null
                    || after == null
                    || before.partitions().size() != after.partitions().size()) {
                Stream.of(before, after)
                        .filter(Objects::nonNull)
                        .map(TopicImage::name)
                        .forEach(changed::add);
            }
        }
        if (!deleted.isEmpty()) {
            host.tellAll(new ForgetTopics(deleted));
        }
        if (!changed.isEmpty()) {
            host.tellAll(new TopicsChanged(Set.copyOf(changed)));
        }
        ready.run();
    }
}
