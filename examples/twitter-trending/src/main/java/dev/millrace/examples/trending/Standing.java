package dev.millrace.examples.trending;

import java.util.Comparator;

/** A hashtag in the race of its minute. */
record Standing(String hashtag, long tweets, long engagement) {

    static final Comparator<Standing> BEST_FIRST = Comparator.comparingLong(Standing::tweets)
            .thenComparingLong(Standing::engagement)
            .reversed()
            .thenComparing(Standing::hashtag);
}
