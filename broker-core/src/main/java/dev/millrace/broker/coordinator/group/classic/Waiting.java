package dev.millrace.broker.coordinator.group.classic;

import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;

/** The request of a member that the group has not answered yet. Lives in memory only: it ends with the connection. */
sealed interface Waiting {

    Waiting NOT = new Not();

    record Not() implements Waiting {}

    /**
     * For the other members to join.
     *
     * @param newcomer the member has never had an answer
     */
    record ToJoin(Ticket<JoinGroupResponseData> ticket, boolean newcomer) implements Waiting {}

    /** For the leader to assign. */
    record ToSync(Ticket<SyncGroupResponseData> ticket) implements Waiting {}
}
