package dev.millrace.broker.chaos;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A consumer that tells what it processes and what it commits, and commits after it has processed. */
final class ChurningMember extends Load {

    /**
     * Who it is and how it speaks.
     *
     * @param instanceId empty unless it is static
     * @param newProtocol of KIP-848 rather than the classic one
     */
    record Identity(String name, String instanceId, boolean newProtocol) {
        boolean isStatic() {
            return !instanceId.isEmpty();
        }
    }

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration COMMIT_MAX = Duration.ofSeconds(3);

    private final Identity identity;
    private final String bootstrapServers;
    private final String group;
    private final ProcessedRecords records;
    private final ConcurrentLinkedQueue<Consumer<KafkaConsumer<String, String>>> tasks = new ConcurrentLinkedQueue<>();
    private final Random random = new Random();
    private KafkaConsumer<String, String> consumer;
    private volatile String regex;
    private volatile Set<TopicPartition> assignment = Set.of();
    private volatile CloseOptions.GroupMembershipOperation farewell = CloseOptions.GroupMembershipOperation.DEFAULT;
    private volatile boolean replaced;

    ChurningMember(Identity identity, String bootstrapServers, String group, String regex, ProcessedRecords records) {
        super(identity.name());
        this.identity = identity;
        this.bootstrapServers = bootstrapServers;
        this.group = group;
        this.regex = regex;
        this.records = records;
    }

    Identity identity() {
        return identity;
    }

    Set<TopicPartition> assignment() {
        return assignment;
    }

    /** The topics that it wants. */
    String regex() {
        return regex;
    }

    /** Another one with its instance id has come, and this one was told to go. */
    boolean isReplaced() {
        return replaced;
    }

    void resubscribe(String to) {
        tasks.add(subscribing -> {
            regex = to;
            subscribe();
        });
    }

    /** Goes away without a word, as one whose process was killed. */
    void vanish() throws InterruptedException {
        farewell = CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP;
        end();
    }

    private void subscribe() {
        if (identity.newProtocol()) {
            consumer.subscribe(new SubscriptionPattern(regex));
        } else {
            consumer.subscribe(Pattern.compile(regex));
        }
    }

    private void open() {
        Map<String, Object> config = new HashMap<>(Reading.config(
                bootstrapServers,
                Map.of(
                        "group.id",
                        group,
                        "client.id",
                        identity.name(),
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        false,
                        "metadata.max.age.ms",
                        300,
                        "max.poll.records",
                        50)));
        if (identity.isStatic()) {
            config.put("group.instance.id", identity.instanceId());
        }
        if (identity.newProtocol()) {
            config.put("group.protocol", "consumer");
        } else {
            config.put("partition.assignment.strategy", CautiousStickyAssignor.class.getName());
            config.put("session.timeout.ms", 2_000);
            config.put("heartbeat.interval.ms", 200);
        }
        consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
        subscribe();
    }

    @Override
    void step() {
        if (replaced) {
            pause(random, 10);
            return;
        }
        if (consumer == null) {
            open();
        }
        for (Consumer<KafkaConsumer<String, String>> task = tasks.poll(); task != null; task = tasks.poll()) {
            task.accept(consumer);
        }
        try {
            ConsumerRecords<String, String> polled = consumer.poll(POLL);
            assignment = Set.copyOf(consumer.assignment());
            for (TopicPartition partition : polled.partitions()) {
                ConsumerRecord<String, String> last = null;
                for (ConsumerRecord<String, String> record : polled.records(partition)) {
                    records.add(partition, record.offset());
                    last = record;
                }
                commit(partition, Objects.requireNonNull(last).offset() + 1);
            }
        } catch (FencedInstanceIdException e) {
            replaced = true;
            assignment = Set.of();
        } catch (UnreleasedInstanceIdException e) {
            // The one before it has not gone yet: once more, from the beginning.
            consumer.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            consumer = null;
        }
    }

    /** Partition by partition: a topic that is being deleted must not have the others wait. */
    private void commit(TopicPartition partition, long offset) {
        int latestBefore = records.latestEpoch(partition);
        int epoch = consumer.groupMetadata().generationId();
        try {
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)), COMMIT_MAX);
        } catch (CommitFailedException
                | RebalanceInProgressException
                | TimeoutException
                | UnknownTopicOrPartitionException refused) {
            return; // It is not ours any more, or its topic is gone: somebody processes the records again.
        }
        if (consumer.groupMetadata().generationId() == epoch) {
            String owner = identity.isStatic() ? identity.instanceId() : identity.name();
            records.onCommitted(partition, owner, epoch, latestBefore);
        }
    }

    @Override
    void finish() {
        if (consumer != null) {
            consumer.close(CloseOptions.groupMembershipOperation(farewell).withTimeout(Duration.ofSeconds(10)));
        }
    }
}
