package dev.millrace.broker.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** For a word that nobody knows, the one that was probably meant. */
final class NearestName {

    private NearestName() {}

    /** The candidate that takes the fewest edits to reach, if those are few enough to be a slip. */
    static Optional<String> of(String word, Collection<String> candidates) {
        int editsMax = Math.max(2, word.length() / 3);
        return candidates.stream()
                .filter(candidate -> edits(word, candidate) <= editsMax)
                .min(Comparator.<String>comparingInt(candidate -> edits(word, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int edits(String a, String b) {
        return LevenshteinDistance.getDefaultInstance().apply(a, b);
    }
}
