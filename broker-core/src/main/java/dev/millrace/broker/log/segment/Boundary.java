package dev.millrace.broker.log.segment;

/**
 * A place between two batches of a segment, as one long: no record between the offset (relative to the segment's base) and
 * the batch that begins at the position. Packed, so that finding one allocates nothing and publishing one is atomic.
 */
public final class Boundary {
    private static final long LOW = 0xFFFF_FFFFL;

    private Boundary() {}

    static long of(long relativeOffset, int position) {
        return (relativeOffset << 32) | position;
    }

    public static long relativeOffset(long boundary) {
        return boundary >>> 32;
    }

    public static int position(long boundary) {
        return (int) (boundary & LOW);
    }
}
