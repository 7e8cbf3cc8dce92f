package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.machine.Loop;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ProducerIdBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.CoordinatorLoadInProgressException;

/**
 * Gives out producer ids that nobody else has or will have, from blocks of them. Ids of a block that are left when the
 * broker stops are lost. Any thread may ask.
 */
public final class ProducerIds {

    private final Loop loop;
    private final Blocks blocks;
    private final ArrayDeque<Ticket<Long>> waiting = new ArrayDeque<>();
    private long next;
    private long end;
    private boolean fetching;

    /** Where blocks come from (AllocateProducerIds, key 67). */
    @FunctionalInterface
    public interface Blocks {
        /** May be answered on any thread. */
        void allocate(Ticket<ProducerIdBlock> ticket);
    }

    /** @param loop owns what is left of the block */
    public ProducerIds(Loop loop, Blocks blocks) {
        this.loop = loop;
        this.blocks = blocks;
    }

    /**
     * Answers with an unused id, on the loop. Fails with COORDINATOR_LOAD_IN_PROGRESS when no block can be had, which makes
     * producers of every kind ask again.
     */
    public void next(Ticket<Long> ticket) {
        loop.execute(() -> {
            waiting.add(ticket);
            serve();
        });
    }

    private void serve() {
        while (!waiting.isEmpty() && next < end) {
            waiting.remove().answer(next++);
        }
        if (!waiting.isEmpty() && !fetching) {
            fetching = true;
            blocks.allocate(new Ticket<>() {
                @Override
                public void answer(ProducerIdBlock block) {
                    loop.execute(() -> onBlock(block));
                }

                @Override
                public void fail(ApiException error) {
                    loop.execute(() -> onRefused(error));
                }
            });
        }
    }

    private void onBlock(ProducerIdBlock block) {
        fetching = false;
        next = block.firstId();
        end = block.firstId() + block.size();
        serve();
    }

    private void onRefused(ApiException error) {
        fetching = false;
        List<Ticket<Long>> refused = new ArrayList<>(waiting);
        waiting.clear();
        refused.forEach(ticket -> ticket.fail(
                new CoordinatorLoadInProgressException("No producer ids could be had: " + error.getMessage())));
    }
}
