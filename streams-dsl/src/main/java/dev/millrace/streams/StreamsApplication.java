package dev.millrace.streams;

import dev.millrace.streams.config.Settings;
import dev.millrace.streams.errors.StreamsException;
import dev.millrace.streams.plan.InternalTopics;
import dev.millrace.streams.process.Counters;
import dev.millrace.streams.runtime.Backoff;
import dev.millrace.streams.runtime.Engine;
import dev.millrace.streams.runtime.InputProgress;
import dev.millrace.streams.runtime.ProcessIdentity;
import dev.millrace.streams.runtime.StreamThread;
import dev.millrace.streams.runtime.ThreadStatus;
import dev.millrace.streams.runtime.TopicSetup;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topology at work: one instance of an application, which shares its tasks with all other instances of the same
 * {@code application.id}.
 *
 * <p>One supervisor thread owns the life of the instance: it sees to the topics, starts the stream threads, replaces those
 * that fail, and is alone in changing the state. All methods may be called from any thread.
 */
public final class StreamsApplication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StreamsApplication.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final Settings settings;
    private final InternalTopics topics;
    private final Counters counters = new Counters();
    private final Map<Integer, StreamThread> threads = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final CountDownLatch closeRequested = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Backoff backoff = new Backoff();

    private StateListener stateListener = (newState, oldState) -> {};
    private UncaughtExceptionHandler exceptionHandler = UncaughtExceptionHandler.DEFAULT;
    private volatile ApplicationState state = ApplicationState.CREATED;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Engine engine;
    private volatile @Nullable Thread supervisor;
    private final AtomicLong threadsReplaced = new AtomicLong();

    /** What reaches the supervisor. */
    private sealed interface Event {
        record StatusChanged() implements Event {}

        record ThreadEnded(StreamThread thread, @Nullable Throwable failure) implements Event {}

        record CloseRequested() implements Event {}
    }

    /**
     * @param config by Kafka Streams' keys, see {@link StreamsConfig}
     * @throws org.apache.kafka.common.config.ConfigException for a missing, wrong or unknown setting
     * @throws dev.millrace.streams.errors.TopologyException if the topology lacks something that only settings can tell
     */
    public StreamsApplication(Topology topology, Map<String, ?> config) {
        this.settings = Settings.parse(config);
        this.topics = new InternalTopics(settings.applicationId(), topology.plan());
        Engine.check(settings, topics);
    }

    /** To be called before {@link #start}. */
    public void setStateListener(StateListener listener) {
        requireNotStarted();
        stateListener = listener;
    }

    /** To be called before {@link #start}. Without one, {@link UncaughtExceptionHandler#DEFAULT} decides. */
    public void setUncaughtExceptionHandler(UncaughtExceptionHandler handler) {
        requireNotStarted();
        exceptionHandler = handler;
    }

    /**
     * Starts and returns at once: what follows is told by the state.
     *
     * @throws StreamsException if the state directory can't be used
     */
    public synchronized void start() {
        requireNotStarted();
        ProcessIdentity identity = ProcessIdentity.take(settings.stateDir(), settings.applicationId());
        var started = new Thread(() -> supervise(identity), settings.applicationId() + "-supervisor");
        supervisor = started;
        started.start();
    }

    public ApplicationState state() {
        return state;
    }

    /** What put the application into {@link ApplicationState#ERROR}, else null. */
    public @Nullable Throwable failure() {
        return failure;
    }

    public StreamsMetrics metrics() {
        int assigned = 0;
        int running = 0;
        long restoreRemaining = 0;
        var committed = new HashMap<TopicPartition, Long>();
        for (StreamThread thread : threads.values()) {
            ThreadStatus status = thread.status();
            assigned += status.tasksAssigned();
            running += status.tasksRunning();
            restoreRemaining += status.restoreRemaining();
            committed.putAll(status.committed());
        }
        return new StreamsMetrics(
                counters.consumed.sum(),
                counters.processed.sum(),
                counters.produced.sum(),
                counters.droppedLate.sum(),
                counters.droppedInvalid.sum(),
                counters.failed.sum(),
                counters.deadLettered.sum(),
                counters.commits.sum(),
                counters.restored.sum(),
                restoreRemaining,
                assigned,
                running,
                counters.tasksRebuilt.sum(),
                threadsReplaced.get(),
                Map.copyOf(committed));
    }

    /**
     * Whether all records that were in the input topics when this was called are processed and committed, by whichever
     * instance, and with them all that they led to in repartition topics. Asks the brokers; false while they can't say.
     */
    public boolean drained() {
        Engine running = engine;
        if (running == null || state == ApplicationState.CREATED) {
            return false;
        }
        try (Admin admin = running.clients().admin()) {
            return new InputProgress(running, admin).drained();
        } catch (ApiException e) {
            LOG.debug("Progress is not known: application={}", settings.applicationId(), e);
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Commits, leaves the group and stops. True if that was done within the time; what is left then is interrupted. */
    public boolean close(Duration timeout) {
        Thread running;
        synchronized (this) {
            running = supervisor;
            if (running == null) {
                state = ApplicationState.NOT_RUNNING;
                return true;
            }
        }
        closeRequested.countDown();
        events.add(new Event.CloseRequested());
        try {
            if (ended.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.warn("Not closed in time: application={} timeoutMs={}", settings.applicationId(), timeout.toMillis());
        running.interrupt();
        return false;
    }

    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    private synchronized void requireNotStarted() {
        if (supervisor != null || state != ApplicationState.CREATED) {
            throw new IllegalStateException("Application '" + settings.applicationId() + "' was started already.");
        }
    }

    private void supervise(ProcessIdentity identity) {
        var workers = new HashMap<Integer, Thread>();
        try (identity) {
            become(ApplicationState.REBALANCING);
            var made = new Engine(settings, topics, identity.id(), counters);
            engine = made;
            if (setUpTopics(made)) {
                for (int number = 1; number <= settings.threads(); number++) {
                    workers.put(number, startThread(made, number));
                }
                run(made, workers);
            }
        } catch (InterruptedException e) {
            LOG.warn("Closing was interrupted: application={}", settings.applicationId());
        } catch (RuntimeException e) {
            fail(e);
        } finally {
            threads.values().forEach(StreamThread::close);
            workers.values().forEach(Thread::interrupt);
            become(failure == null ? ApplicationState.NOT_RUNNING : ApplicationState.ERROR);
            ended.countDown();
        }
    }

    private boolean setUpTopics(Engine made) throws InterruptedException {
        try (Admin admin = made.clients().admin()) {
            return new TopicSetup(made, admin, () -> closeRequested.getCount() == 0).run();
        }
    }

    private Thread startThread(Engine made, int number) {
        var thread = new StreamThread(made, number, new ThreadEvents());
        threads.put(number, thread);
        var worker = new Thread(thread, settings.applicationId() + "-stream-" + number);
        worker.start();
        return worker;
    }

    /** Until the last thread has ended. */
    private void run(Engine made, Map<Integer, Thread> workers) throws InterruptedException {
        while (!workers.isEmpty()) {
            Event event = events.take();
            if (event instanceof Event.ThreadEnded over) {
                workers.remove(over.thread().number());
                if (over.failure() != null && !closing()) {
                    onFailure(made, workers, over.thread().number(), over.failure());
                }
            } else if (event instanceof Event.CloseRequested) {
                become(ApplicationState.PENDING_SHUTDOWN);
                threads.values().forEach(StreamThread::close);
            }
            if (!closing()) {
                boolean allRunning = threads.values().stream()
                        .allMatch(thread -> thread.status().allRunning());
                become(allRunning ? ApplicationState.RUNNING : ApplicationState.REBALANCING);
            }
        }
    }

    private void onFailure(Engine made, Map<Integer, Thread> workers, int number, Throwable cause)
            throws InterruptedException {
        if (exceptionHandler.handle(cause) == UncaughtExceptionHandler.Response.SHUTDOWN_CLIENT) {
            fail(cause);
            closeRequested.countDown();
            threads.values().forEach(StreamThread::close);
            return;
        }
        long pauseMs = backoff.nextMs();
        LOG.error(
                "A thread failed and is replaced: application={} thread={} pauseMs={}",
                settings.applicationId(),
                number,
                pauseMs,
                cause);
        become(ApplicationState.REBALANCING);
        if (!closeRequested.await(pauseMs, TimeUnit.MILLISECONDS)) {
            threadsReplaced.incrementAndGet();
            workers.put(number, startThread(made, number));
        }
    }

    private boolean closing() {
        return closeRequested.getCount() == 0;
    }

    private void fail(Throwable cause) {
        failure = cause;
        LOG.error("Application stops: application={} error={}", settings.applicationId(), cause.getMessage());
        LOG.debug("Cause", cause);
    }

    private void become(ApplicationState next) {
        ApplicationState before = state;
        if (before != next) {
            state = next;
            LOG.info("Application state: application={} from={} to={}", settings.applicationId(), before, next);
            stateListener.onChange(next, before);
        }
    }

    /** Threads speak to the supervisor through its queue only. */
    private final class ThreadEvents implements StreamThread.Listener {

        @Override
        public void onStatus(StreamThread thread) {
            events.add(new Event.StatusChanged());
        }

        @Override
        public void onEnd(StreamThread thread, @Nullable Throwable cause) {
            events.add(new Event.ThreadEnded(thread, cause));
        }
    }
}
