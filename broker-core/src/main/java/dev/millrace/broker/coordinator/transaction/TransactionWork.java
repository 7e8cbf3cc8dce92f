package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.coordinator.EffectPerformer;
import dev.millrace.broker.coordinator.ShardTerm;
import dev.millrace.broker.machine.Effect;
import dev.millrace.broker.machine.Ticket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** Does what transaction shards want done outside of them. */
public final class TransactionWork implements EffectPerformer<TransactionCommand> {

    private final Markers markers;
    private final ProducerIds producerIds;

    public TransactionWork(Markers markers, ProducerIds producerIds) {
        this.markers = markers;
        this.producerIds = producerIds;
    }

    @Override
    public void perform(Effect effect, ShardTerm<TransactionCommand> term) {
        if (effect instanceof WriteMarkers write) {
            write(write, term);
        } else if (effect instanceof AllocateProducerId allocate) {
            allocate(allocate.command(), term);
        } else {
            throw new IllegalArgumentException("nobody performs " + effect);
        }
    }

    private void write(WriteMarkers write, ShardTerm<TransactionCommand> term) {
        Map<TopicPartition, Errors> results = new ConcurrentHashMap<>();
        AtomicInteger missing = new AtomicInteger(write.partitions().size() + 1);
        Runnable arrived = () -> {
            if (missing.decrementAndGet() == 0) {
                term.tell(new MarkersAnswered(write.transactionalId(), write.deliveryId(), results));
            }
        };
        for (TopicPartition partition : write.partitions()) {
            markers.write(partition, write.marker(), outcome -> {
                results.put(partition, settled(outcome));
                arrived.run();
            });
        }
        arrived.run();
    }

    /** A partition that does not exist any more has nothing to be told. */
    private static Errors settled(Errors outcome) {
        return outcome == Errors.UNKNOWN_TOPIC_OR_PARTITION ? Errors.NONE : outcome;
    }

    private void allocate(WantsProducerId command, ShardTerm<TransactionCommand> term) {
        producerIds.next(new Ticket<>() {
            @Override
            public void answer(Long id) {
                term.tell(command.withNewId(id));
            }

            @Override
            public void fail(ApiException error) {
                term.tell(new ProducerIdUnavailable(command, Errors.forException(error)));
            }
        });
    }
}
