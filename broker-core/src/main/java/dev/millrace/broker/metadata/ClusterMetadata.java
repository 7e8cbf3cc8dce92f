package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Answer;
import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Loop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.apache.kafka.common.errors.NotControllerException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts the controller on the metadata loop and publishes the image of the cluster.
 *
 * <pre>
 *   command -> decide -> MetadataLog.append ... committed -> image -> subscribers -> answer
 * </pre>
 *
 * Decisions run ahead of the log; what was decided on an entry that then got lost is ignored by everybody, for its image
 * version is not the one that the others have. Any thread may submit and read the image.
 */
public final class ClusterMetadata {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterMetadata.class);

    private final Loop loop;
    private final MetadataLog log;
    private final Controller controller;
    private final List<ImageSubscriber> subscribers = new ArrayList<>();
    private final Deque<Decided> pending = new ArrayDeque<>();
    private volatile ClusterImage image;
    private volatile int controllerEpoch = -1;
    private Standing standing = Standing.FOLLOWING;
    private Consumer<IOException> failureListener = failure -> {};

    private enum Standing {
        FOLLOWING,
        LEADING,
        FAILED
    }

    /** A decision on its way through the log. */
    private record Decided(MetadataEntry entry, MetadataCommand command, List<Answer<?>> answers) {}

    /** @param controller on the empty image of this cluster; belongs to this object from now on */
    public ClusterMetadata(Loop loop, MetadataLog log, Controller controller) {
        this.loop = loop;
        this.log = log;
        this.controller = controller;
        this.image = controller.image();
    }

    /** Has told that nothing can be decided any more, for the log has failed. Before {@link #start}. */
    public void onLogFailure(Consumer<IOException> newFailureListener) {
        failureListener = newFailureListener;
    }

    /** Before {@link #start}. */
    public void subscribe(ImageSubscriber subscriber) {
        subscribers.add(subscriber);
    }

    /**
     * Replays the log, then hands the image to the subscribers as one change. On the metadata loop.
     *
     * @param ready is run when the subscribers have done what the image asks for
     * @throws IOException when the log can't be read
     */
    public void start(Runnable ready) throws IOException {
        Follower follower = new Follower();
        log.start(follower);
        follower.goLive(ready);
    }

    /** What the cluster consists of now. */
    public ClusterImage image() {
        return image;
    }

    /** The term of the controller that decides here; -1 when this broker has never been the controller. */
    public int controllerEpoch() {
        return controllerEpoch;
    }

    /** Has the controller decide. The command's ticket is answered once the decision is committed and carried out here. */
    public void submit(MetadataCommand command) {
        loop.execute(() -> decide(command));
    }

    private void decide(MetadataCommand command) {
        if (standing != Standing.LEADING) {
            command.fail(
                    standing == Standing.FAILED
                            ? new KafkaStorageException("The metadata log has failed.")
                            : new NotControllerException("This broker is not the controller."));
            return;
        }
        Decision<MetadataEvent> decision = controller.decide(command, loop.nowMs());
        Decided decided = new Decided(
                new MetadataEntry(controllerEpoch, controller.image().version(), decision.events()),
                command,
                decision.answers());
        if (decision.events().isEmpty()) {
            // What the answer rests on may itself not be committed yet.
            if (pending.isEmpty()) {
                answer(decided);
            } else {
                pending.addLast(decided);
            }
            return;
        }
        try {
            log.append(decided.entry());
        } catch (ApiException e) {
            command.fail(e);
            return;
        }
        controller.applyAll(decision.events());
        pending.addLast(decided);
    }

    private static void answer(Decided decided) {
        for (Answer<?> answer : decided.answers()) {
            answerOne(answer);
        }
    }

    private static <R> void answerOne(Answer<R> answer) {
        answer.ticket().answer(answer.value());
    }

    private void publish(ImageChange change, Runnable ready) {
        image = change.after();
        if (subscribers.isEmpty()) {
            ready.run();
            return;
        }
        AtomicInteger outstanding = new AtomicInteger(subscribers.size());
        for (ImageSubscriber subscriber : subscribers) {
            subscriber.onImage(change, () -> {
                if (outstanding.decrementAndGet() == 0) {
                    ready.run();
                }
            });
        }
    }

    private void takeBack(ApiException error) {
        List<Decided> lost = new ArrayList<>(pending);
        pending.clear();
        controller.back(image);
        lost.forEach(decided -> decided.command().fail(error));
    }

    /** Follows the log: collects what it replays into one change, then publishes entry by entry. */
    private final class Follower implements MetadataLog.Listener {

        private @Nullable ImageBuilder replay = new ImageBuilder(image);
        private long replayedVersion = image.version();

        @Override
        public void onCommitted(MetadataEntry entry) {
            long version = replay == null ? image.version() : replayedVersion;
            if (entry.imageVersion() != version) {
                LOG.warn(
                        "stale metadata entry ignored imageVersion={} version={} controllerEpoch={}",
                        entry.imageVersion(),
                        version,
                        entry.controllerEpoch());
            } else if (replay != null) {
                entry.events().forEach(replay::apply);
                replayedVersion++;
            } else {
                ImageBuilder next = new ImageBuilder(image);
                entry.events().forEach(next::apply);
                onChange(entry, next.build(version + 1));
            }
        }

        private void onChange(MetadataEntry entry, ImageChange change) {
            Decided own = pending.peekFirst();
            if (own != null
                    && own.entry().controllerEpoch() == entry.controllerEpoch()
                    && own.entry().imageVersion() == entry.imageVersion()) {
                List<Decided> done = takeDone();
                publish(change, () -> done.forEach(ClusterMetadata::answer));
            } else {
                controller.back(change.after());
                publish(change, () -> {});
            }
        }

        /** The decision of the entry, and those after it that needed no entry. */
        private List<Decided> takeDone() {
            List<Decided> done = new ArrayList<>();
            done.add(pending.removeFirst());
            while (!pending.isEmpty() && pending.getFirst().entry().events().isEmpty()) {
                done.add(pending.removeFirst());
            }
            return done;
        }

        /** What was replayed becomes the image; from now on each entry is a change of its own. */
        void goLive(Runnable ready) {
            ImageBuilder replayed = Objects.requireNonNull(replay);
            replay = null;
            ImageChange change = replayed.build(replayedVersion);
            controller.back(change.after());
            LOG.debug(
                    "metadata replayed version={} topics={}",
                    replayedVersion,
                    change.after().topics().size());
            publish(change, ready);
        }

        @Override
        public void onLeading(int epoch) {
            controllerEpoch = epoch;
            standing = Standing.LEADING;
            if (replay == null) {
                controller.back(image);
            }
        }

        @Override
        public void onResigned() {
            standing = Standing.FOLLOWING;
            takeBack(new NotControllerException("This broker is not the controller any more."));
        }

        @Override
        public void onFailed(IOException cause) {
            standing = Standing.FAILED;
            LOG.error("metadata log failed; topics and settings can't change until a restart", cause);
            takeBack(new KafkaStorageException("The metadata log has failed.", cause));
            failureListener.accept(cause);
        }
    }
}
