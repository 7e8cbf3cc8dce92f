package dev.millrace.connect.plugin;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Guesses what somebody meant who misspelt a name. */
public final class NearestName {

    private NearestName() {}

    /** The candidate that takes the fewest edits to reach, if those are few enough to be a slip. Case is no edit. */
    public static Optional<String> of(String name, Collection<String> candidates) {
        int editsMax = Math.max(2, name.length() / 3);
        String wanted = name.toLowerCase(Locale.ROOT);
        return candidates.stream()
                .filter(candidate -> edits(wanted, candidate.toLowerCase(Locale.ROOT)) <= editsMax)
                .min(Comparator.<String>comparingInt(candidate -> edits(wanted, candidate.toLowerCase(Locale.ROOT)))
                        .thenComparing(Comparator.naturalOrder()));
    }

    private static int edits(String a, String b) {
        return LevenshteinDistance.getDefaultInstance().apply(a, b);
    }
}
