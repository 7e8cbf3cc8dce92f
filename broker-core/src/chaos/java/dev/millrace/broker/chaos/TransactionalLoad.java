package dev.millrace.broker.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * A transactional producer that commits most of its transactions, aborts some, and now and then gives way to a successor
 * in the middle of one.
 */
final class TransactionalLoad extends Load {

    private static final int RECORDS_MAX = 12;

    enum Outcome {
        COMMITTED,
        ABORTED,
        /** Nobody said: all of it or nothing. */
        UNKNOWN
    }

    /** @param partitions of its records, in their order */
    record Transaction(List<Integer> partitions, Outcome outcome) {}

    private final String name;
    private final String bootstrapServers;
    private final String topic;
    private final int partitions;
    private final Random random;
    private final List<Transaction> transactions = new ArrayList<>();
    private final List<String> surprises = new ArrayList<>();
    private KafkaProducer<String, String> producer;

    TransactionalLoad(String name, String bootstrapServers, String topic, int partitions, Random random) {
        super(name);
        this.name = name;
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.partitions = partitions;
        this.random = random;
    }

    String name() {
        return name;
    }

    @Override
    void step() {
        if (producer == null) {
            producer = producer(bootstrapServers, transactional(name));
            producer.initTransactions();
        }
        List<Integer> targets = new ArrayList<>();
        int records = 1 + random.nextInt(RECORDS_MAX);
        for (int i = 0; i < records; i++) {
            targets.add(random.nextInt(partitions));
        }
        Outcome outcome;
        try {
            outcome = transact(targets);
        } catch (KafkaException e) {
            synchronized (this) {
                surprises.add("transaction " + transactions.size() + " of " + name + ": " + e);
            }
            outcome = Outcome.UNKNOWN;
            leave();
        }
        synchronized (this) {
            transactions.add(new Transaction(targets, outcome));
        }
        pause(random, 10);
    }

    private Outcome transact(List<Integer> targets) {
        int number = transactions.size();
        int choice = random.nextInt(100);
        producer.beginTransaction();
        for (int i = 0; i < targets.size(); i++) {
            producer.send(new ProducerRecord<>(topic, targets.get(i), null, name + ':' + number + ':' + i));
            if (choice % 7 == 0) {
                pause(random, 10);
            }
        }
        if (choice < 65) {
            // The client may let a commit overtake the records that were sent just before it; see docs/clients.md.
            producer.flush();
            producer.commitTransaction();
            return Outcome.COMMITTED;
        }
        if (choice % 2 == 0) {
            producer.flush();
        }
        if (choice < 95) {
            producer.abortTransaction();
        } else {
            leave(); // its successor ends the transaction when it introduces itself
        }
        return Outcome.ABORTED;
    }

    private void leave() {
        producer.close(Duration.ZERO);
        producer = null;
    }

    @Override
    void finish() {
        if (producer == null) {
            // Or what was left open stays open until it times out, and holds up every reader.
            producer = producer(bootstrapServers, transactional(name));
            producer.initTransactions();
        }
        producer.close();
    }

    synchronized List<Transaction> transactions() {
        return List.copyOf(transactions);
    }

    /** Errors that a producer should not meet when its broker merely restarts. */
    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }
}
