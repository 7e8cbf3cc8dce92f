package dev.millrace.streams.runtime;

import dev.millrace.streams.errors.DeliveryException;
import dev.millrace.streams.process.InputLag;
import dev.millrace.streams.process.OffsetMetadata;
import dev.millrace.streams.process.StreamTask;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The motor of some tasks: polls, lets them process, commits. It owns its clients and its tasks alone; others read the
 * {@link #status} that it publishes.
 *
 * <p>There is one answer to everything that goes wrong between the clients and the brokers (fenced, timed out, aborted, no
 * longer a member, broker gone): what was not committed is forgotten, a new producer fences the old one, and the tasks are
 * rebuilt from committed offsets and changelogs, with pauses that grow while it keeps failing. Only what trying again can't
 * mend ends the thread: a record that fails, a missing permission, an error in the program.
 */
public final class StreamThread implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamThread.class);

    /** How many records a task processes before the next one's turn and a look at the clock. */
    private static final int STEP_RECORDS_MAX = 1000;

    /** How long processing may go on before the consumer is polled again. */
    private static final long PROCESSING_MS_MAX = 200;

    /** What a thread tells when it changes. Called by the thread itself. */
    public interface Listener {
        void onStatus(StreamThread thread);

        /** @param failure null if it was asked to close */
        void onEnd(StreamThread thread, @Nullable Throwable failure);
    }

    private final Engine engine;
    private final int number;
    private final Listener listener;
    private final Consumer<byte[], byte[]> consumer;
    private final Admin admin;
    private final ChangelogReader changelogs;
    private final TaskSlots tasks;
    private final Backoff backoff = new Backoff();
    private final Map<TopicPartition, Boolean> lagOfEmpty = new HashMap<>();
    private final InputLag lag;
    private final CountDownLatch closing = new CountDownLatch(1);

    private @Nullable ProducerSession session;
    private @Nullable RuntimeException failedInRebalance;
    private boolean joined;
    private boolean workLeft;
    private long committedAtMs;
    private volatile ThreadStatus status = ThreadStatus.NEW;

    /** @param number which of the application's threads this is; a replacement takes over its predecessor's number */
    public StreamThread(Engine engine, int number, Listener listener) {
        this.engine = engine;
        this.number = number;
        this.listener = listener;
        this.consumer = engine.clients.mainConsumer(number);
        this.admin = engine.clients.admin();
        this.changelogs = new ChangelogReader(engine, admin, engine.clients.restoreConsumer(number));
        this.tasks = new TaskSlots(engine, consumer, changelogs);
        this.lag = engine.settings.waitsForSlowInput() ? this::hasMore : InputLag.NONE;
    }

    public int number() {
        return number;
    }

    public ThreadStatus status() {
        return status;
    }

    /** Asks the thread to commit, leave the group and end. Callable from any thread. */
    public void close() {
        closing.countDown();
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            consumer.subscribe(engine.inputTopics(), new Assignment());
            while (closing.getCount() > 0) {
                runOnce();
            }
            commitLast();
        } catch (InterruptedException | InterruptException e) {
            LOG.warn("Interrupted: thread={}", number);
        } catch (Throwable e) {
            failure = e;
        } finally {
            closeClients();
            publish();
            listener.onEnd(this, failure);
        }
    }

    private void runOnce() throws InterruptedException {
        try {
            ProducerSession open = openSession();
            poll();
            tasks.buildPending(open);
            restore();
            process();
            maybeCommit(open);
            publish();
        } catch (DeliveryException | KafkaException e) {
            if (isBeyondRetry(e)) {
                throw e;
            }
            recover(e);
        }
    }

    private ProducerSession openSession() {
        ProducerSession open = session;
        if (open == null) {
            open = ProducerSession.open(engine, number);
            session = open;
        }
        return open;
    }

    private void poll() {
        long sinceCommitMs = System.currentTimeMillis() - committedAtMs;
        long untilCommitMs = Math.max(0, engine.settings.commitIntervalMs() - sinceCommitMs);
        long waitMs = workLeft || !changelogs.idle() ? 0 : Math.min(engine.settings.pollMs(), untilCommitMs);
        tasks.resumeDrained();
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(Duration.ofMillis(waitMs));
        RuntimeException failed = failedInRebalance;
        if (failed != null) {
            failedInRebalance = null;
            throw failed;
        }
        tasks.add(polled);
    }

    private void restore() throws InterruptedException {
        if (!changelogs.idle()) {
            long waitMs = tasks.running().isEmpty() ? engine.settings.pollMs() : 0;
            tasks.restored(changelogs.step(Duration.ofMillis(waitMs)));
        }
    }

    private void process() {
        List<TaskSlot> running = tasks.running();
        lagOfEmpty.clear();
        long startMs = System.currentTimeMillis();
        long nowMs = startMs;
        int processed;
        do {
            processed = 0;
            for (TaskSlot slot : running) {
                processed += slot.task().step(nowMs, STEP_RECORDS_MAX, lag);
            }
            nowMs = System.currentTimeMillis();
        } while (processed > 0 && nowMs - startMs < PROCESSING_MS_MAX && !commitDue(nowMs));
        workLeft = processed > 0;
    }

    private boolean commitDue(long nowMs) {
        return nowMs - committedAtMs >= engine.settings.commitIntervalMs();
    }

    private void maybeCommit(ProducerSession open) {
        long nowMs = System.currentTimeMillis();
        if (!commitDue(nowMs)) {
            return;
        }
        committedAtMs = nowMs;
        try {
            commit(open);
        } catch (RebalanceInProgressException e) {
            // The next poll finishes the rebalance; until then the group takes no offsets.
            LOG.debug("Commit put off: thread={}", number, e);
        }
    }

    private void commit(ProducerSession open) {
        for (TaskSlot slot : tasks.running()) {
            slot.task().flush();
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = progress();
        if (offsets.isEmpty() && !open.hasUncommitted()) {
            return;
        }
        if (engine.settings.exactlyOnce()) {
            open.commitTransaction(offsets, consumer.groupMetadata());
        } else {
            open.flush();
            consumer.commitSync(offsets);
        }
        for (TaskSlot slot : tasks.running()) {
            for (TopicPartition partition : slot.partitions) {
                OffsetAndMetadata offset = offsets.get(partition);
                if (offset != null) {
                    slot.committed.put(partition, offset.offset());
                }
            }
        }
        backoff.reset();
        engine.counters().commits.increment();
    }

    /**
     * Offsets that have moved since the last commit. Where nothing waits it is the consumer's position, which has passed
     * transaction markers as well: no lag is left behind them.
     */
    private Map<TopicPartition, OffsetAndMetadata> progress() {
        var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
        for (TaskSlot slot : tasks.running()) {
            StreamTask task = slot.task();
            for (TopicPartition partition : slot.partitions) {
                long waiting = task.firstWaitingOffset(partition);
                long offset = waiting >= 0 ? waiting : consumer.position(partition);
                Long committed = slot.committed.get(partition);
                if (committed == null || committed != offset) {
                    String metadata = OffsetMetadata.of(task.partitionTimeMs(partition));
                    offsets.put(partition, new OffsetAndMetadata(offset, metadata));
                }
            }
        }
        return offsets;
    }

    private boolean hasMore(TopicPartition partition) {
        return lagOfEmpty.computeIfAbsent(
                partition, empty -> consumer.currentLag(empty).orElse(1) > 0);
    }

    private void recover(RuntimeException cause) throws InterruptedException {
        long pauseMs = backoff.nextMs();
        LOG.warn(
                "Going back to what is committed: application={} thread={} tasks={} pauseMs={} cause={}",
                engine.settings.applicationId(),
                number,
                tasks.size(),
                pauseMs,
                cause.getMessage());
        LOG.debug("Cause", cause);
        engine.counters().tasksRebuilt.add(tasks.running().size());
        abandonSession();
        tasks.reset();
        workLeft = false;
        publish();
        closing.await(pauseMs, TimeUnit.MILLISECONDS);
    }

    private void commitLast() {
        ProducerSession open = session;
        if (open == null) {
            return;
        }
        try {
            commit(open);
        } catch (DeliveryException | KafkaException e) {
            LOG.warn(
                    "The last commit failed; its records will be processed again: thread={} cause={}",
                    number,
                    e.getMessage());
        }
    }

    /** Each client on its own: one that hangs or fails must not keep the others open. */
    private void closeClients() {
        tasks.removed(List.copyOf(consumer.assignment()));
        abandonSession();
        closeQuietly("restore consumer", changelogs);
        closeQuietly("consumer", consumer);
        closeQuietly("admin", admin);
    }

    private void abandonSession() {
        ProducerSession open = session;
        session = null;
        if (open != null) {
            closeQuietly("producer", open::abandon);
        }
    }

    private void closeQuietly(String client, AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            LOG.warn("A client did not close: thread={} client={} cause={}", number, client, e.toString());
        }
    }

    private void publish() {
        var committed = new HashMap<TopicPartition, Long>();
        for (TaskSlot slot : tasks.running()) {
            committed.putAll(slot.committed);
        }
        var next = new ThreadStatus(
                joined, tasks.size(), tasks.running().size(), changelogs.remaining(), Map.copyOf(committed));
        ThreadStatus before = status;
        status = next;
        if (next.allRunning() != before.allRunning()) {
            listener.onStatus(this);
        }
    }

    private static boolean isBeyondRetry(RuntimeException error) {
        for (Throwable at = error; at != null; at = at.getCause()) {
            if (at instanceof AuthorizationException
                    || at instanceof AuthenticationException
                    || at instanceof UnsupportedVersionException
                    || at instanceof InvalidConfigurationException
                    || at instanceof InterruptException) {
                return true;
            }
        }
        return false;
    }

    /** Called from within {@code poll}: what fails here is dealt with after it. */
    private final class Assignment implements ConsumerRebalanceListener {

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            joined = true;
            tasks.assigned(partitions);
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            ProducerSession open = session;
            try {
                if (open != null && failedInRebalance == null) {
                    commit(open);
                }
            } catch (RebalanceInProgressException e) {
                LOG.debug("Offsets not taken during a rebalance: thread={}", number, e);
            } catch (RuntimeException e) {
                failedInRebalance = e;
            } finally {
                tasks.removed(partitions);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            ProducerSession open = session;
            if (open != null && open.hasUncommitted()) {
                failedInRebalance = new DeliveryException(
                        "Tasks were given to others meanwhile",
                        new IllegalStateException("No longer a member of the group"));
            }
            tasks.removed(partitions);
        }
    }
}
