package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.machine.Decision;

/** What members ask in the classic protocol, of whatever group it is that they are in. */
public interface ClassicRequests {

    Decision<GroupEvent> join(JoinGroup command);

    Decision<GroupEvent> sync(SyncGroup command);

    Decision<GroupEvent> heartbeat(Heartbeat command);

    Decision<GroupEvent> leave(LeaveGroup command);
}
