package dev.millrace.streams.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Input of the tests: a sentence of words, at some time. */
public record Event(String key, String value, long timestampMs) {

    static final long WINDOW_MS = 60_000;
    private static final int WORDS = 12;
    private static final long SPAN_MS = 5 * WINDOW_MS;

    /** The same number gives the same events. Their times are in no order. */
    public static List<Event> some(int count, long seed) {
        var random = new Random(seed);
        var events = new ArrayList<Event>();
        for (int i = 0; i < count; i++) {
            var sentence = new StringBuilder();
            for (int word = random.nextInt(4); word >= 0; word--) {
                sentence.append(" w").append(random.nextInt(WORDS));
            }
            events.add(new Event("e" + i, sentence.substring(1), random.nextLong(SPAN_MS)));
        }
        return events;
    }

    /** How often each word occurs in each window, counted directly: by {@code word@windowStart}. */
    static Map<String, Long> counts(List<Event> events) {
        var counts = new HashMap<String, Long>();
        for (Event event : events) {
            long start = event.timestampMs() - event.timestampMs() % WINDOW_MS;
            for (String word : event.value().split(" ")) {
                counts.merge(word + "@" + start, 1L, Long::sum);
            }
        }
        return counts;
    }
}
