package dev.millrace.streams;

import dev.millrace.streams.runtime.Settings;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** placeholder */
public final class StreamsApplication implements AutoCloseable {

    private final Topology topology;
    private final Settings settings;

    public StreamsApplication(Topology topology, Map<String, ?> config) {
        this.topology = topology;
        this.settings = Settings.parse(config);
    }

    /** Before {@link #start}. */
    public void setStateListener(StateListener listener) {
        throw new UnsupportedOperationException();
    }

    /** Before {@link #start}. */
    public void setUncaughtExceptionHandler(UncaughtExceptionHandler handler) {
        throw new UnsupportedOperationException();
    }

    public void start() {
        throw new UnsupportedOperationException(topology + " " + settings);
    }

    public ApplicationState state() {
        throw new UnsupportedOperationException();
    }

    /** What put the application into {@link ApplicationState#ERROR}, else null. */
    public @Nullable Throwable failure() {
        throw new UnsupportedOperationException();
    }

    public StreamsMetrics metrics() {
        throw new UnsupportedOperationException();
    }

    /**
     * Whether all records that were in the input topics when this was called are processed and committed, by whichever
     * instance, and with them all that they led to in repartition topics. Asks the brokers.
     */
    public boolean drained() {
        throw new UnsupportedOperationException();
    }

    /** Commits, leaves the group and stops. True if that was done within the time. */
    public boolean close(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(30));
    }
}
