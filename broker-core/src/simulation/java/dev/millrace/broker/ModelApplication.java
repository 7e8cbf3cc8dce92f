package dev.millrace.broker;

import dev.millrace.broker.ProducedTransactions.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;

/**
 * An application that writes one transaction after the other, as its dice say: values and an offset, with flushes between
 * them, and at the end mostly a commit. It notes what it has asked for, and what it was told came of it.
 */
final class ModelApplication {

    /** In a plan, in place of a partition. */
    private static final int COMMIT_OFFSET = -1;

    private static final int FLUSH = -2;

    private final String id;
    private final ModelProducer producer;
    private final ProducedTransactions ledger;
    private final int partitions;
    private final Random random;
    private final Consumer<String> trace;

    private ProducedTransactions.Produced transaction;
    private String transactionName;
    private int transactions;
    private final Deque<Integer> plan = new ArrayDeque<>();
    private boolean flushing;
    private boolean commits;
    private boolean commitAsked;
    private int values;
    private long offset;
    private boolean stopping;

    ModelApplication(
            String id,
            ModelProducer producer,
            ProducedTransactions ledger,
            int partitions,
            Random random,
            Consumer<String> trace) {
        this.id = id;
        this.producer = producer;
        this.ledger = ledger;
        this.partitions = partitions;
        this.random = random;
        this.trace = trace;
    }

    /** Ends what is under way and begins nothing more. */
    void stop() {
        stopping = true;
    }

    boolean isAtRest() {
        return stopping && transaction == null;
    }

    /** Whether it is amid a transaction, and not held up. */
    boolean isWriting() {
        return transaction != null && !commitAsked && !flushing;
    }

    /** Does one thing. False when there is nothing to do for now. */
    boolean act() {
        if (producer.isWaitedFor()) {
            return false;
        }
        if (flushing) {
            flushing = !producer.isFlushed();
            return !flushing;
        }
        if (transaction == null) {
            return begin();
        }
        if (producer.isFailing() || plan.isEmpty()) {
            plan.clear();
            commitAsked = !producer.isFailing() && commits;
            producer.end(commitAsked);
            return true;
        }
        int next = plan.remove();
        if (next == FLUSH) {
            flushing = true;
        } else if (next == COMMIT_OFFSET) {
            offset++;
            transaction.commitsOffset(offset);
            producer.commitOffset(offset);
        } else {
            String value = transactionName + '/' + values++;
            transaction.add(next, value);
            producer.write(next, value);
        }
        return true;
    }

    private boolean begin() {
        if (stopping) {
            return false;
        }
        transaction = ledger.begin(id);
        transactionName = id + '/' + transactions++;
        trace.accept(id + " begins " + transactionName + " as " + producer.begin());
        commitAsked = false;
        commits = random.nextInt(4) != 0;
        int steps = random.nextInt(5);
        for (int i = 0; i < steps; i++) {
            int dice = random.nextInt(10);
            plan.add(dice == 0 ? FLUSH : random.nextInt(partitions));
        }
        if (random.nextInt(3) == 0) {
            // Once: of two, the first could be repeated by a broken connection after the second.
            if (random.nextBoolean()) {
                plan.addFirst(COMMIT_OFFSET);
            } else {
                plan.addLast(COMMIT_OFFSET);
            }
        }
        return true;
    }

    void onEnded(Outcome outcome) {
        trace.accept(id + " takes " + transactionName + " for " + outcome);
        transaction.end(outcome);
        transaction = null;
        plan.clear();
    }

    /** The process is gone, and another one starts. */
    void onRestart() {
        if (transaction != null) {
            onEnded(commitAsked ? Outcome.UNKNOWN : Outcome.ABORTED);
        }
        flushing = false;
        commitAsked = false;
    }
}
