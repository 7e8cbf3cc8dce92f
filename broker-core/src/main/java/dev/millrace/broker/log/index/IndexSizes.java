package dev.millrace.broker.log.index;

/** How many bytes the two indexes of a segment have. */
public record IndexSizes(long offsets, long times) {
    public static final IndexSizes NONE = new IndexSizes(0, 0);
}
