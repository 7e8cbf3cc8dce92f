package dev.millrace.broker.log;

/**
 * Where the batches stand now.
 *
 * @param baseOffset of the first record
 * @param lastOffset of the last record
 * @param logAppendTimeMs the timestamp they were given, or -1 when they keep their own (CreateTime)
 * @param logStartOffset of the log at that time
 * @param duplicate the batch had been appended before and is not there twice
 */
public record AppendResult(
        long baseOffset, long lastOffset, long logAppendTimeMs, long logStartOffset, boolean duplicate) {}
