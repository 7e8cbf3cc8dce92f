package dev.millrace.broker.security;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.jspecify.annotations.Nullable;

/**
 * How much clients have asked for of late, and how long those are to be held up that went beyond their quotas (KIP-13,
 * KIP-124, KIP-219, KIP-599, KIP-612). Of the quotas that match a client the most special one counts, and whom it was set for shares
 * it: a quota of a user is shared by all clients of that user. Any thread; without quotas nothing is reckoned.
 */
public final class ClientQuotas {

    /** What is counted. */
    public enum Kind {
        PRODUCED_BYTES("producer_byte_rate"),
        FETCHED_BYTES("consumer_byte_rate"),
        REQUEST_PERCENTAGE("request_percentage"),
        CONTROLLER_MUTATIONS("controller_mutation_rate");

        private final String key;

        Kind(String key) {
            this.key = key;
        }
    }

    /** Shares that are reckoned at a time; the one that was not used for longest is forgotten. */
    private static final int SHARES_MAX = 10_000;

    private static final String CONNECTION_RATE = "connection_creation_rate";

    /** Whose use is counted together. */
    private record Share(
            Kind kind, @Nullable String user, @Nullable String clientId) {}

    /** A quota that holds, and who shares it. */
    private record Holding(double quota, Share share) {}

    private final int windows;
    private final long windowMs;

    private final Map<Share, SlidingRate> rates = forgetful();
    private final Map<Share, TokenBucket> buckets = forgetful();
    private final Map<String, SlidingRate> ofAddresses = forgetful();

    private volatile Map<ClientQuotaEntity, Map<String, Double>> quotas = Map.of();

    /**
     * @param windows quota.window.num
     * @param windowSeconds quota.window.size.seconds
     */
    public ClientQuotas(int windows, int windowSeconds) {
        this.windows = windows;
        this.windowMs = windowSeconds * 1000L;
    }

    private static <K, V> Map<K, V> forgetful() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > SHARES_MAX;
            }
        };
    }

    /** From now on these hold. */
    public void set(Map<ClientQuotaEntity, Map<String, Double>> all) {
        quotas = all;
    }

    /** Whether there is anything to reckon. */
    public boolean isEmpty() {
        return quotas.isEmpty();
    }

    /**
     * Counts what was used.
     *
     * @return for how many milliseconds the client is to be held up
     */
    public synchronized int use(Kind kind, String principal, String clientId, double amount, long nowMs) {
        Holding holding = holding(kind, principal, clientId);
        if (holding == null) {
            return 0;
        }
        SlidingRate rate = rates.computeIfAbsent(holding.share(), share -> new SlidingRate(windows, windowMs, nowMs));
        rate.add(amount, nowMs);
        return heldUpMs(kind, holding.quota(), rate, nowMs);
    }

    /**
     * Counts what is going to be used, unless that would be too much: then it is not to be, and was not counted.
     *
     * @return for how many milliseconds the client is to be held up instead
     */
    public synchronized int tryUse(Kind kind, String principal, String clientId, double amount, long nowMs) {
        int heldUpMs = use(kind, principal, clientId, amount, nowMs);
        Holding holding = heldUpMs > 0 ? holding(kind, principal, clientId) : null;
        SlidingRate rate = holding == null ? null : rates.get(holding.share());
        if (rate != null) {
            rate.add(-amount, nowMs);
        }
        return heldUpMs;
    }

    /** For what has a limit that is no quota: reckoned over the same windows. */
    public SlidingRate newRate(long nowMs) {
        return new SlidingRate(windows, windowMs, nowMs);
    }

    /** For how many milliseconds the next one is to wait, a window at the most. */
    public int heldUpMs(SlidingRate rate, double perSecondMax, long nowMs) {
        double used = rate.rate(nowMs);
        return used <= perSecondMax
                ? 0
                : (int) Math.min(windowMs, Math.round((used - perSecondMax) / perSecondMax * rate.elapsedMs(nowMs)));
    }

    /**
     * Counts a connection from an address (KIP-612), unless there were too many from it.
     *
     * @return for how many milliseconds it is to be held up before it is closed; 0 when it may come in
     */
    public synchronized int connect(String address, long nowMs) {
        Double quota = connectionRate(address);
        if (quota == null) {
            return 0;
        }
        SlidingRate rate = ofAddresses.computeIfAbsent(address, share -> newRate(nowMs));
        rate.add(1, nowMs);
        int heldUpMs = heldUpMs(rate, quota, nowMs);
        if (heldUpMs > 0) {
            rate.add(-1, nowMs);
        }
        return heldUpMs;
    }

    private @Nullable Double connectionRate(String address) {
        Map<ClientQuotaEntity, Map<String, Double>> now = quotas;
        if (now.isEmpty()) {
            return null;
        }
        Map<String, String> byDefault = new HashMap<>();
        byDefault.put(ClientQuotaEntity.IP, null);
        Double own = now.getOrDefault(new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, address)), Map.of())
                .get(CONNECTION_RATE);
        return own != null
                ? own
                : now.getOrDefault(new ClientQuotaEntity(byDefault), Map.of()).get(CONNECTION_RATE);
    }

    private int heldUpMs(Kind kind, double quota, SlidingRate rate, long nowMs) {
        double used = rate.rate(nowMs);
        if (used <= quota) {
            return 0;
        }
        long heldUpMs = Math.round((used - quota) / quota * rate.elapsedMs(nowMs));
        // The use of threads is forgotten after a window: to wait for longer would serve nobody.
        return (int) Math.min(heldUpMs, kind == Kind.REQUEST_PERCENTAGE ? windowMs : Integer.MAX_VALUE);
    }

    /** What the client may use in all windows together; no limit without a quota. */
    public double amountMax(Kind kind, String principal, String clientId) {
        Holding holding = holding(kind, principal, clientId);
        return holding == null ? Double.MAX_VALUE : holding.quota() * (windows - 1) * windowMs / 1000;
    }

    /**
     * Counts changes of the metadata, which come in bursts: as long as there is anything left, one may take more than that.
     *
     * @param strict whether nothing is to be done, and counted, when nothing is left
     * @return for how many milliseconds the client is to be held up; with {@code strict} and more than 0 it was refused
     */
    public synchronized int mutate(String principal, String clientId, double amount, boolean strict, long nowMs) {
        Holding holding = holding(Kind.CONTROLLER_MUTATIONS, principal, clientId);
        if (holding == null) {
            return 0;
        }
        TokenBucket bucket = buckets.computeIfAbsent(
                holding.share(), share -> new TokenBucket(holding.quota() * windows * windowMs / 1000, nowMs));
        double most = holding.quota() * windows * windowMs / 1000;
        int owedMs = bucket.owedMs(holding.quota(), most, nowMs);
        if (strict && owedMs > 0) {
            return owedMs;
        }
        bucket.take(amount);
        return strict ? 0 : bucket.owedMs(holding.quota(), most, nowMs);
    }

    private @Nullable Holding holding(Kind kind, String principal, String clientId) {
        Map<ClientQuotaEntity, Map<String, Double>> now = quotas;
        if (now.isEmpty()) {
            return null;
        }
        String user = principal.substring(principal.indexOf(':') + 1);
        for (boolean[] named : ORDER) {
            Map<String, String> entity = new HashMap<>();
            if (named[0]) {
                entity.put(ClientQuotaEntity.USER, named[1] ? user : null);
            }
            if (named[2]) {
                entity.put(ClientQuotaEntity.CLIENT_ID, named[3] ? clientId : null);
            }
            Double quota =
                    now.getOrDefault(new ClientQuotaEntity(entity), Map.of()).get(kind.key);
            if (quota != null) {
                return new Holding(quota, new Share(kind, named[0] ? user : null, named[2] ? clientId : null));
            }
        }
        return null;
    }

    /** With a user, one by name, with a client id, one by name: the most special first. */
    private static final List<boolean[]> ORDER = List.of(
            new boolean[] {true, true, true, true},
            new boolean[] {true, true, true, false},
            new boolean[] {true, true, false, false},
            new boolean[] {true, false, true, true},
            new boolean[] {true, false, true, false},
            new boolean[] {true, false, false, false},
            new boolean[] {false, false, true, true},
            new boolean[] {false, false, true, false});
}
