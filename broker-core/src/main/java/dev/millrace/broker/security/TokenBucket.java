package dev.millrace.broker.security;

/** A store that fills by so much a second up to a brim, and may be overdrawn once. Not thread safe. */
final class TokenBucket {

    private double tokens;
    private long filledMs;

    TokenBucket(double tokens, long nowMs) {
        this.tokens = tokens;
        this.filledMs = nowMs;
    }

    void take(double amount) {
        tokens -= amount;
    }

    /** How long it takes until nothing is owed any more. */
    int owedMs(double perSecond, double most, long nowMs) {
        tokens = Math.min(most, tokens + perSecond * Math.max(0, nowMs - filledMs) / 1000);
        filledMs = nowMs;
        return tokens >= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, Math.ceil(-tokens / perSecond * 1000));
    }
}
