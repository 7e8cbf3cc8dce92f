package dev.millrace.broker.log.segment;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The segments of a log, oldest first, never none; immutable, so that readers need no lock. The last one is active. */
public final class Segments {
    private final Segment[] segments;

    private Segments(Segment[] segments) {
        this.segments = segments;
    }

    public static Segments of(List<Segment> segments) {
        return new Segments(segments.toArray(new Segment[0]));
    }

    public int size() {
        return segments.length;
    }

    public Segment get(int index) {
        return segments[index];
    }

    public Segment active() {
        return segments[segments.length - 1];
    }

    public Segment first() {
        return segments[0];
    }

    /** Of the segment that holds the offset: the first one for an offset below all. */
    public int floorIndex(long offset) {
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
    public long endOffset(int index) {
        return index + 1 < segments.length ? segments[index + 1].baseOffset() : Long.MAX_VALUE;
    }

    public Segments with(Segment added) {
        Segment[] more = Arrays.copyOf(segments, segments.length + 1);
        more[segments.length] = added;
        return new Segments(more);
    }

    /** With this one in place of those from the index on. */
    public Segments replacingFrom(int index, Segment last) {
        Segment[] fewer = Arrays.copyOf(segments, index + 1);
        fewer[index] = last;
        return new Segments(fewer);
    }

    /** Of all segments from the one that holds the offset on. */
    public long bytesFrom(long offset) {
        long bytes = 0;
        for (int i = floorIndex(offset); i < segments.length; i++) {
            bytes += segments[i].sizeInBytes();
        }
        return bytes;
    }

    public Segments without(int first) {
        return new Segments(Arrays.copyOfRange(segments, first, segments.length));
    }

    /** Of the first of neighbours; -1 when they are not all here as they were. */
    private int indexOf(List<Segment> neighbours) {
        int first = floorIndex(neighbours.get(0).baseOffset());
        if (first + neighbours.size() > segments.length) {
            return -1;
        }
        for (int i = 0; i < neighbours.size(); i++) {
            if (segments[first + i] != neighbours.get(i)) {
                return -1;
            }
        }
        return first;
    }

    public boolean hold(List<Segment> neighbours) {
        return indexOf(neighbours) >= 0;
    }

    public Segments replacing(List<Segment> neighbours, Segment replacement) {
        int first = indexOf(neighbours);
        List<Segment> changed = toList();
        changed.subList(first, first + neighbours.size()).clear();
        changed.add(first, replacement);
        return of(changed);
    }

    public List<Segment> toList() {
        return new ArrayList<>(Arrays.asList(segments));
    }
}
