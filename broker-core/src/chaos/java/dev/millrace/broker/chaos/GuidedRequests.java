package dev.millrace.broker.chaos;

import dev.millrace.broker.RandomRequests;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/**
 * Requests that are guided by what became of earlier ones. A request that had an outcome which no other had before (its key,
 * its version, the errors in its answer, or the end of the connection) is kept, and later ones are mutations of it. That is
 * coverage as it shows from outside; the broker's code is not instrumented. Any thread.
 */
final class GuidedRequests {

    private static final int KEPT_MAX = 20_000;
    private static final int CORRELATION_ID_AT = 8;
    private static final int HEADER_MIN = 12;

    private final Random random;
    private final RandomRequests fresh;
    private final List<byte[]> kept = new ArrayList<>();
    private final Set<String> outcomes = new HashSet<>();
    private int answered;
    private int errors;

    GuidedRequests(Random random, RandomRequests fresh) {
        this.random = random;
        this.fresh = fresh;
    }

    /** With its size in front of it, and this correlation id, if it is long enough for one. */
    synchronized byte[] next(int correlationId) {
        byte[] frame = kept.isEmpty() || random.nextInt(5) == 0 ? fresh.next() : mutated();
        if (frame.length >= HEADER_MIN) {
            ByteBuffer.wrap(frame).putInt(CORRELATION_ID_AT, correlationId);
        }
        return frame;
    }

    private byte[] mutated() {
        byte[] frame = kept.get(random.nextInt(kept.size())).clone();
        if (random.nextInt(4) == 0) {
            frame = spliced(frame, kept.get(random.nextInt(kept.size())));
        }
        int count = random.nextInt(3);
        for (int i = 0; i < count && frame.length > HEADER_MIN; i++) {
            int at = HEADER_MIN + random.nextInt(frame.length - HEADER_MIN);
            switch (random.nextInt(5)) {
                case 0 -> frame[at] = (byte) random.nextInt();
                case 1 -> frame[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> frame[at] = (byte) (random.nextBoolean() ? -1 : 0);
                case 3 -> frame[at]++;
                default -> {
                    if (at + 4 <= frame.length) {
                        ByteBuffer.wrap(frame).putInt(at, random.nextBoolean() ? Integer.MAX_VALUE : frame.length);
                    }
                }
            }
        }
        return frame;
    }

    /** The head of one and the tail of the other, under the size that both have together. */
    private byte[] spliced(byte[] head, byte[] tail) {
        int headBytes = Math.min(head.length, HEADER_MIN + random.nextInt(Math.max(1, head.length)));
        int tailFrom = Math.min(tail.length, HEADER_MIN + random.nextInt(Math.max(1, tail.length)));
        byte[] both = new byte[headBytes + tail.length - tailFrom];
        System.arraycopy(head, 0, both, 0, headBytes);
        System.arraycopy(tail, tailFrom, both, headBytes, tail.length - tailFrom);
        return ByteBuffer.wrap(both).putInt(0, both.length - 4).array();
    }

    /** @param response without its size; null when there was none before the connection ended */
    void onOutcome(byte[] request, byte[] response) {
        String outcome = outcome(request, response);
        synchronized (this) {
            answered += response == null ? 0 : 1;
            // One that ended its connection has shown nothing of what lies behind the reading of it.
            if (outcomes.add(outcome) && response != null && kept.size() < KEPT_MAX) {
                kept.add(request);
            }
        }
    }

    /** There was no answer so far, and the connection was not closed. */
    synchronized void onSilence(byte[] request) {
        if (request.length >= HEADER_MIN
                && outcomes.add(ByteBuffer.wrap(request).getInt(4) + " silence")
                && kept.size() < KEPT_MAX) {
            kept.add(request);
        }
    }

    private String outcome(byte[] request, byte[] response) {
        if (request.length < HEADER_MIN) {
            return "short";
        }
        ByteBuffer bytes = ByteBuffer.wrap(request);
        short key = bytes.getShort(4);
        short version = bytes.getShort(6);
        if (response == null) {
            return key + "/" + version + " closed";
        }
        try {
            RequestHeader header =
                    new RequestHeader(ApiKeys.forId(key), version, "fuzz", bytes.getInt(CORRELATION_ID_AT));
            AbstractResponse parsed = AbstractResponse.parseResponse(ByteBuffer.wrap(response), header);
            Set<Errors> found = new TreeSet<>(parsed.errorCounts().keySet());
            synchronized (this) {
                errors += found.contains(Errors.UNKNOWN_SERVER_ERROR) ? 1 : 0;
            }
            return key + "/" + version + " " + found;
        } catch (RuntimeException e) {
            return key + "/" + version + " answered in another version";
        }
    }

    synchronized String figures() {
        return outcomes.size() + " outcomes, " + kept.size() + " requests kept, " + answered + " answered, " + errors
                + " with UNKNOWN_SERVER_ERROR";
    }

    synchronized int serverErrors() {
        return errors;
    }
}
