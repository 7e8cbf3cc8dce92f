package dev.millrace.broker.log;

/** How many bytes the two indexes of a segment have. */
record IndexSizes(long offsets, long times) {
    static final IndexSizes NONE = new IndexSizes(0, 0);
}
