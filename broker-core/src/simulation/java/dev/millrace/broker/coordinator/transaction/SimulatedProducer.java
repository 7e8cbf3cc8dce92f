package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.simulation.RecordedTicket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

/**
 * A client of the simulation: takes over its transactional id, runs transactions, repeats what may be repeated, and when it
 * is fenced starts over. It asks one thing at a time.
 */
final class SimulatedProducer {

    private enum Step {
        INIT,
        ADD,
        END
    }

    private final String name;
    private final String transactionalId;
    private final TransactionSimulation simulation;
    private Step step = Step.INIT;
    private boolean committing;
    private boolean goesOn;
    private ProducerIdAndEpoch producer;
    private RecordedTicket<?> waitingFor;
    private Set<TopicPartition> adding = Set.of();

    SimulatedProducer(String name, String transactionalId, TransactionSimulation simulation) {
        this.name = name;
        this.transactionalId = transactionalId;
        this.simulation = simulation;
    }

    /** Hears what was answered, or asks the next thing. */
    void act(Random random) {
        if (waitingFor != null) {
            if (!waitingFor.isOpen()) {
                hear(random);
            }
            return;
        }
        switch (step) {
            case INIT -> {
                ProducerIdAndEpoch expected = goesOn ? producer : null;
                waitingFor = simulation.init(transactionalId, expected);
            }
            case ADD -> {
                waitingFor = simulation.add(transactionalId, producer, adding);
            }
            case END -> {
                waitingFor = simulation.end(transactionalId, producer, committing);
            }
        }
    }

    private void hear(Random random) {
        RecordedTicket<?> heard = waitingFor;
        waitingFor = null;
        if (heard.closedTimes() != 1) {
            throw new AssertionError(name + " was answered more than once: " + heard);
        }
        simulation.trace(name + " " + step + " " + heard);
        Errors error = errorOf(heard);
        if (error == Errors.NONE) {
            advance(heard, random);
        } else if (error == Errors.PRODUCER_FENCED || error == Errors.INVALID_PRODUCER_ID_MAPPING) {
            goesOn = false;
            step = Step.INIT;
        } else if (error == Errors.INVALID_TXN_STATE) {
            throw new AssertionError(name + " was refused a legal " + step);
        }
        // Everything else is an invitation to ask again.
    }

    private static Errors errorOf(RecordedTicket<?> ticket) {
        return ticket.hasFailed() ? ticket.error() : errorOf(ticket.answer());
    }

    private static Errors errorOf(Object answer) {
        if (answer instanceof InitProducerId.Result init) {
            return init.error();
        }
        return answer instanceof EndTransaction.Result ended ? ended.error() : (Errors) answer;
    }

    private void advance(RecordedTicket<?> heard, Random random) {
        switch (step) {
            case INIT -> {
                producer = ((InitProducerId.Result) heard.answer()).producer();
                beginAdding(random);
            }
            case ADD -> {
                if (random.nextInt(3) == 0) {
                    beginAdding(random);
                } else {
                    step = Step.END;
                    committing = random.nextInt(3) != 0;
                }
            }
            case END -> {
                if (random.nextInt(8) == 0) {
                    // After an abortable error a producer raises its own epoch (KIP-360); or it has been restarted.
                    goesOn = random.nextBoolean();
                    step = Step.INIT;
                } else {
                    beginAdding(random);
                }
            }
        }
    }

    private void beginAdding(Random random) {
        step = Step.ADD;
        adding = new HashSet<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            adding.add(new TopicPartition("t", random.nextInt(TransactionSimulation.PARTITIONS)));
        }
    }

    boolean isWaiting() {
        return waitingFor != null && waitingFor.isOpen();
    }

    @Override
    public String toString() {
        return name + " at " + step + " waiting for " + waitingFor;
    }
}
