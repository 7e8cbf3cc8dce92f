package dev.millrace.broker.coordinator;

import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.ShardRecord;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.apache.kafka.common.utils.Utils;

/**
 * Hosts the shards of one internal topic: one on each partition that this broker leads. Requests come from any thread; what
 * happens to a partition is told on that partition's loop.
 *
 * @param <C> the shards' commands
 * @param <E> the shards' events
 */
public final class ShardHost<C, E> {

    private final String topic;
    private final IntSupplier partitionCount;
    private final ShardFactory<C, E> factory;
    private final EventCodec<E> codec;
    private final EffectPerformer<C> performer;
    private final Executor diskPool;
    private final Map<Integer, HostedShard<C, E>> shards = new ConcurrentHashMap<>();

    /**
     * @param partitionCount of the topic; the configured count as long as the topic does not exist
     * @param diskPool where logs are read
     */
    public ShardHost(
            String topic,
            IntSupplier partitionCount,
            ShardFactory<C, E> factory,
            EventCodec<E> codec,
            EffectPerformer<C> performer,
            Executor diskPool) {
        this.topic = topic;
        this.partitionCount = partitionCount;
        this.factory = factory;
        this.codec = codec;
        this.performer = performer;
        this.diskPool = diskPool;
    }

    public String topic() {
        return topic;
    }

    /** The partition whose leader coordinates this group or transactional id; the same as Apache Kafka's. */
    public int partitionFor(String key) {
        return partitionFor(key, partitionCount.getAsInt());
    }

    /** As {@link #partitionFor(String)}, for a topic of {@code partitionCount} partitions. */
    public static int partitionFor(String key, int partitionCount) {
        return Utils.abs(key.hashCode()) % partitionCount;
    }

    /**
     * Hands a command to the shard that coordinates {@code key}. The shard answers the ticket once what it decided is
     * committed; the host fails it with NOT_COORDINATOR, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, or what
     * the log said when it refused the append.
     *
     * @param command makes the command, around the ticket that the shard is to answer
     */
    public <R> void submit(String key, Ticket<R> ticket, Function<Ticket<R>, C> command) {
        submit(partitionFor(key), ticket, command);
    }

    /** As {@link #submit(String, Ticket, Function)}, for a partition that is already known. */
    public <R> void submit(int partition, Ticket<R> ticket, Function<Ticket<R>, C> command) {
        HostedShard<C, E> shard = shards.get(partition);
        if (shard == null) {
            ticket.fail(CoordinatorErrors.notCoordinator());
        } else {
            shard.submit(ticket, command);
        }
    }

    /**
     * Hands a command to every shard that is hosted here, and answers with all their answers in the order of partitions. A
     * shard that moves away meanwhile is left out; any other error, such as a shard that is loading, fails the whole.
     */
    public <R> void submitToAll(Ticket<List<R>> ticket, Function<Ticket<R>, C> command) {
        List<HostedShard<C, E>> all = new ArrayList<>(shards.values());
        all.sort((a, b) -> Integer.compare(a.partition(), b.partition()));
        GatheredAnswers<R> gathered = new GatheredAnswers<>(all.size(), ticket);
        for (int i = 0; i < all.size(); i++) {
            all.get(i).submit(gathered.ticket(i), command);
        }
    }

    /** Hands a command to a shard on behalf of nobody. Nothing happens when the shard is not loaded here. */
    public void tell(int partition, C command) {
        HostedShard<C, E> shard = shards.get(partition);
        if (shard != null) {
            shard.tell(command);
        }
    }

    /** As {@link #tell}, for every shard that is hosted here. */
    public void tellAll(C command) {
        shards.values().forEach(shard -> shard.tell(command));
    }

    /** This broker leads the partition from now on. A new term of a partition that was led before loads its shard again. */
    public void onElected(ShardPartition partition) {
        onResigned(partition.partition());
        HostedShard<C, E> shard = new HostedShard<>(partition, factory, codec, performer, diskPool);
        shards.put(partition.partition(), shard);
        shard.load();
    }

    /** This broker does not lead the partition any more, or the partition is gone. Every open ticket fails. */
    public void onResigned(int partition) {
        HostedShard<C, E> shard = shards.remove(partition);
        if (shard != null) {
            shard.stop();
        }
    }

    public void onHighWatermark(int partition) {
        HostedShard<C, E> shard = shards.get(partition);
        if (shard != null) {
            shard.onHighWatermark();
        }
    }

    /** A control batch was appended to the partition by somebody else than its shard. */
    public void onTransactionEnded(int partition, ShardRecord.Producer producer, boolean committed) {
        HostedShard<C, E> shard = shards.get(partition);
        if (shard != null) {
            shard.onTransactionEnded(producer, committed);
        }
    }
}
