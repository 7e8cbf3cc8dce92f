package dev.millrace.examples.trending;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.streams.kstream.KeyValue;
import java.util.ArrayList;
import java.util.List;

/**
 * The best ten hashtags of a minute, and where that list differs from the one before.
 *
 * <p>Ten are enough to be exact. Tallies only grow, and each update brings the hashtag's whole tally: a hashtag that was
 * pushed out by ten better ones comes back, if ever, by an update of its own.
 *
 * @param changed places in the list, from 0, that are not as they were
 */
record Ranking(
        @JsonProperty("best") List<Standing> best,
        @JsonProperty("changed") List<Integer> changed) {

    static final int SIZE = 10;
    static final Ranking EMPTY = new Ranking(List.of(), List.of());

    Ranking with(Standing standing) {
        var next = new ArrayList<Standing>(SIZE + 1);
        for (Standing other : best) {
            if (!other.hashtag().equals(standing.hashtag())) {
                next.add(other);
            }
        }
        next.add(standing);
        next.sort(Standing.BEST_FIRST);
        List<Standing> kept = List.copyOf(next.subList(0, Math.min(SIZE, next.size())));
        return new Ranking(kept, difference(kept));
    }

    /** One record for each rank that changed, to be upserted by window and rank. */
    List<KeyValue<String, Rank>> changedRanks(long windowStart) {
        var records = new ArrayList<KeyValue<String, Rank>>(changed.size());
        for (int place : changed) {
            Standing standing = best.get(place);
            int rank = place + 1;
            var value = new Rank(windowStart, rank, standing.hashtag(), standing.tweets(), standing.engagement());
            records.add(KeyValue.pair(windowStart + "#" + rank, value));
        }
        return records;
    }

    private List<Integer> difference(List<Standing> next) {
        var places = new ArrayList<Integer>();
        for (int place = 0; place < next.size(); place++) {
            if (place >= best.size() || !best.get(place).equals(next.get(place))) {
                places.add(place);
            }
        }
        return places;
    }
}
