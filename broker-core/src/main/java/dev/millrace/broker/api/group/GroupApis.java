package dev.millrace.broker.api.group;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.coordinator.ShardHost;
import dev.millrace.broker.coordinator.group.GroupCommand;
import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.metadata.ClusterImage;
import java.util.List;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/** The handlers of groups and their offsets. */
public final class GroupApis {

    private GroupApis() {}

    /**
     * All of them, for the table.
     *
     * @param host of the shards of {@code __consumer_offsets}
     * @param image the cluster as it is now
     * @param uniqueIds gives an id that was never given before; called on any thread
     * @param admission lets offsets into transactions
     */
    public static List<ApiHandler<?, ?>> handlers(
            ShardHost<GroupCommand, GroupEvent> host,
            Supplier<ClusterImage> image,
            Supplier<Uuid> uniqueIds,
            OffsetsAdmission admission) {
        GroupView groups = new GroupView(host, image, uniqueIds);
        return List.of(
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new OffsetCommitHandler(groups),
                new TxnOffsetCommitHandler(groups, admission),
                new OffsetFetchHandler(groups),
                new OffsetDeleteHandler(groups),
                new DescribeGroupsHandler(groups),
                new ListGroupsHandler(groups),
                new DeleteGroupsHandler(groups),
                new ConsumerGroupHeartbeatHandler(groups),
                new ConsumerGroupDescribeHandler(groups));
    }
}
