package dev.millrace.broker.network;

import dev.millrace.broker.security.ClientQuotas;
import dev.millrace.broker.security.SlidingRate;
import java.util.HashMap;
import java.util.Map;

/**
 * Decides who is let in and when, as Kafka does: whoever comes while there are too many waits, and all behind it wait in the
 * system's backlog; whoever comes from an address with too many is turned away; and whoever comes from an address that connects
 * too often is kept for a moment first, or it would be back at once. Not thread safe.
 */
final class Door {

    /** What becomes of one that had its turn. */
    sealed interface Verdict {}

    record Admitted() implements Verdict {}

    /** @param reason for the log */
    record TurnedAway(String reason) implements Verdict {}

    /** Turned away, but not before. */
    record TurnedAwayLater(int afterMs) implements Verdict {}

    private final ClientQuotas quotas;
    private final Map<String, Integer> perHost = new HashMap<>();
    private final Map<String, Integer> perListener = new HashMap<>();
    private final Map<String, SlidingRate> rates = new HashMap<>();
    private final SlidingRate rate;
    private ConnectionLimits limits;
    private int all;

    Door(ConnectionLimits limits, ClientQuotas quotas, long nowMs) {
        this.limits = limits;
        this.quotas = quotas;
        this.rate = quotas.newRate(nowMs);
    }

    void limit(ConnectionLimits now) {
        limits = now;
    }

    /** One more has come. For how many milliseconds it has to wait, because there were too many of late. */
    int arrive(String listener, long nowMs) {
        SlidingRate ofListener = rates.computeIfAbsent(listener, name -> quotas.newRate(nowMs));
        rate.add(1, nowMs);
        ofListener.add(1, nowMs);
        return Math.max(
                quotas.heldUpMs(rate, limits.perSecondMax(), nowMs),
                quotas.heldUpMs(ofListener, limits.of(listener).perSecondMax(), nowMs));
    }

    /** Whether there is room for one more, or somebody else can be made to go. */
    boolean hasRoom(String listener) {
        return perListener.getOrDefault(listener, 0) < limits.of(listener).max()
                && (limits.isExempt(listener) || all < limits.max());
    }

    /** How many of those that are in have to go. */
    int tooMany() {
        return Math.max(0, all - limits.max());
    }

    /** Whether those that came to the listener may stay, however many there are. */
    boolean isExempt(String listener) {
        return limits.isExempt(listener);
    }

    /** It has waited, and there is room. {@link #leave} is due when it was admitted and goes. */
    Verdict enter(String listener, String host, long nowMs) {
        int afterMs = quotas.connect(host, nowMs);
        if (afterMs > 0) {
            // Who was turned away is not to count against the others.
            rate.add(-1, nowMs);
            rates.computeIfAbsent(listener, name -> quotas.newRate(nowMs)).add(-1, nowMs);
            return new TurnedAwayLater(afterMs);
        }
        int ofHost = perHost.getOrDefault(host, 0);
        if (ofHost >= limits.perHostMax(host)) {
            return new TurnedAway("max.connections.per.ip=" + limits.perHostMax(host));
        }
        perHost.put(host, ofHost + 1);
        perListener.merge(listener, 1, Integer::sum);
        all++;
        return new Admitted();
    }

    void leave(String listener, String host) {
        perHost.computeIfPresent(host, (name, count) -> count == 1 ? null : count - 1);
        perListener.merge(listener, -1, Integer::sum);
        all--;
    }
}
