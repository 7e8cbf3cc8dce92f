package dev.millrace.broker.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The segments of a log, oldest first, never none; immutable, so that readers need no lock. The last one is active. */
final class Segments {
    private final Segment[] segments;

    private Segments(Segment[] segments) {
        this.segments = segments;
    }

    static Segments of(List<Segment> segments) {
        return new Segments(segments.toArray(new Segment[0]));
    }

    int size() {
        return segments.length;
    }

    Segment get(int index) {
        return segments[index];
    }

    Segment active() {
        return segments[segments.length - 1];
    }

    Segment first() {
        return segments[0];
    }

    /** Of the segment that holds the offset: the first one for an offset below all. */
    int floorIndex(long offset) {
        int low = 0;
        int high = segments.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (segments[middle].baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Where the next segment begins, which is where this one ends; Long.MAX_VALUE for the active one. */
    long endOffset(int index) {
        return index + 1 < segments.length ? segments[index + 1].baseOffset() : Long.MAX_VALUE;
    }

    Segments with(Segment added) {
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = added;
        return new Segments(more);
    }

    Segments without(int first) {
        return new Segments(Arrays.copyOfRange(segments, first, segments.length));
    }

    List<Segment> toList() {
        return new ArrayList<>(Arrays.asList(segments));
    }
}
