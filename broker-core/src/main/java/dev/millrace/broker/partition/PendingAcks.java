package dev.millrace.broker.partition;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Producers that wait until all in-sync replicas hold what they appended. In the order of offsets, for that is the order
 * of appends. Bounded by the requests in flight of all connections. On the partition's loop only.
 */
final class PendingAcks {

    private final Loop loop;
    private final Deque<PendingAck> waiting = new ArrayDeque<>();

    private record PendingAck(AppendResult result, Ticket<AppendResult> ticket, Loop.Timer timeout) {}

    PendingAcks(Loop loop) {
        this.loop = loop;
    }

    void add(AppendResult result, long timeoutMs, Ticket<AppendResult> ticket) {
        Loop.Timer timeout = loop.schedule(loop.nowMs() + Math.max(0, timeoutMs), () -> expire(ticket));
        waiting.addLast(new PendingAck(result, ticket, timeout));
    }

    /** Answers all whose records are below the high watermark. */
    void release(long highWatermark) {
        while (!waiting.isEmpty() && waiting.getFirst().result().lastOffset() < highWatermark) {
            PendingAck ack = waiting.removeFirst();
            ack.timeout().cancel();
            ack.ticket().answer(ack.result());
        }
    }

    void failAll(ApiException error) {
        while (!waiting.isEmpty()) {
            PendingAck ack = waiting.removeFirst();
            ack.timeout().cancel();
            ack.ticket().fail(error);
        }
    }

    private void expire(Ticket<AppendResult> ticket) {
        for (Iterator<PendingAck> acks = waiting.iterator(); acks.hasNext(); ) {
            if (acks.next().ticket() == ticket) {
                acks.remove();
                // The records stay in the log and may yet be replicated: the producer can't know, and may retry.
                ticket.fail(new TimeoutException("The in-sync replicas did not all get the records in time."));
                return;
            }
        }
    }
}
