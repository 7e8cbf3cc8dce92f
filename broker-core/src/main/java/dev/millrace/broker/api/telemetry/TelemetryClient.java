package dev.millrace.broker.api.telemetry;

import java.util.Map;
import org.apache.kafka.common.protocol.Errors;

/** A client that has asked which metrics to push, or has pushed some. {@link TelemetryClients} guards it. */
final class TelemetryClient {

    private static final long NEVER = Long.MIN_VALUE / 2;

    /** A client that is not heard of for as long, or for three times its interval, is forgotten. */
    private static final long FORGOTTEN_MS_MIN = 60_000;

    private static final long FORGOTTEN_INTERVALS = 3;

    private final Map<String, String> traits;
    private final int version;
    private final TelemetrySubscriptions.Wanted wanted;
    private final int subscriptionId;
    private long heardOfMs;
    private long askedMs = NEVER;
    private long pushedMs = NEVER;
    private boolean terminating;
    private Errors lastError = Errors.NONE;

    /** @param version of the subscriptions that {@code wanted} comes from */
    TelemetryClient(Map<String, String> traits, int version, TelemetrySubscriptions.Wanted wanted, int subscriptionId) {
        this.traits = traits;
        this.version = version;
        this.wanted = wanted;
        this.subscriptionId = subscriptionId;
    }

    Map<String, String> traits() {
        return traits;
    }

    int version() {
        return version;
    }

    TelemetrySubscriptions.Wanted wanted() {
        return wanted;
    }

    int subscriptionId() {
        return subscriptionId;
    }

    void onHeardOf(long nowMs) {
        heardOfMs = nowMs;
    }

    boolean isForgotten(long nowMs) {
        return nowMs - heardOfMs >= Math.max(FORGOTTEN_MS_MIN, FORGOTTEN_INTERVALS * wanted.intervalMs());
    }

    /** What its last request has come to. */
    void onAnswered(Errors error) {
        lastError = error;
    }

    /** It asks what to push: no sooner than it is to push, but after an error that tells it to ask. */
    boolean mayAsk(long nowMs) {
        if (nowMs - Math.max(askedMs, pushedMs) >= wanted.intervalMs()) {
            askedMs = nowMs;
            return true;
        }
        return lastError == Errors.UNKNOWN_SUBSCRIPTION_ID || lastError == Errors.UNSUPPORTED_COMPRESSION_TYPE;
    }

    /** It pushes: once as soon as it likes after it has asked, for clients spread their first pushes. */
    boolean mayPush(long nowMs) {
        boolean may = askedMs > pushedMs || nowMs - pushedMs >= wanted.intervalMs();
        if (may) {
            pushedMs = nowMs;
        }
        return may;
    }

    /** Whether its last push was to be its last one. */
    boolean isTerminating() {
        return terminating;
    }

    void onPushed(boolean last) {
        terminating = last;
    }
}
