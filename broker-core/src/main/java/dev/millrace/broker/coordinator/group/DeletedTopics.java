package dev.millrace.broker.coordinator.group;

import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.metadata.ImageChange;
import dev.millrace.broker.metadata.ImageSubscriber;
import dev.millrace.broker.metadata.TopicImage;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** Tells the groups of topics that are deleted. On the metadata loop. */
public final class DeletedTopics implements ImageSubscriber {

    private final ShardHost<GroupCommand, GroupEvent> host;

    public DeletedTopics(ShardHost<GroupCommand, GroupEvent> host) {
        this.host = host;
    }

    /** Nobody waits for the offsets to go: they don't count any more, for they tell the topic's id. */
    @Override
    public void onImage(ImageChange change, Runnable ready) {
        List<ForgetTopics.DeletedTopic> deleted = new ArrayList<>();
        for (Uuid id : change.changedTopics()) {
            TopicImage before = change.before().topic(id);
            if (before != null && change.after().topic(id) == null) {
                deleted.add(new ForgetTopics.DeletedTopic(before.name(), id));
            }
        }
        if (!deleted.isEmpty()) {
            host.tellAll(new ForgetTopics(deleted));
        }
        ready.run();
    }
}
