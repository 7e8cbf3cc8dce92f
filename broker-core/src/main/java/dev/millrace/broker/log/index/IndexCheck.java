package dev.millrace.broker.log.index;

import dev.millrace.broker.log.batch.BatchHeader;
import dev.millrace.broker.log.batch.BatchScan;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Whether the indexes of a segment belong to its log, as far as that is known without reading everything. */
final class IndexCheck {
    private static final int NEWER_BATCHES_LOOKED_AT = 256;

    private final DiskFile log;
    private final long baseOffset;
    private final int end;

    IndexCheck(DiskFile log, long baseOffset, int end) {
        this.log = log;
        this.baseOffset = baseOffset;
        this.end = end;
    }

    /** Whether the entries asked name batches of the log. */
    boolean isSound(IndexFile offsets, IndexFile times) throws IOException {
        IndexFile.Cursor time = times.cursor();
        IndexFile.Cursor offset = offsets.cursor();
        int lastTime = time.entries() - 1;
        int lastOffset = offset.entries() - 1;
        if (lastTime < 0) {
            return false; // it has an entry once the segment is sealed
        }
        long newest = baseOffset + time.value(lastTime);
        int before = offset.floor(time.value(lastTime), IndexFile.By.KEY);
        if (!namesBatch(offset, lastOffset) || !namesBatch(offset, before)) {
            return false;
        }
        BatchScan scan = BatchScan.lookUp(log, before < 0 ? 0 : offset.value(before), end);
        boolean found = false;
        while (!found && scan.next() && scan.lastOffset() <= newest) {
            found = scan.lastOffset() == newest && scan.maxTimestamp() == time.key(lastTime);
        }
        return found
                && !isAnyNewer(scan, time.key(lastTime))
                && !isAnyNewer(
                        BatchScan.lookUp(log, lastOffset < 0 ? 0 : offset.value(lastOffset), end), time.key(lastTime));
    }

    /** A time index that has lost whole entries at its end looks like a sound one; not to the batches behind. */
    private static boolean isAnyNewer(BatchScan scan, long timestampMs) throws IOException {
        for (int i = 0; i < NEWER_BATCHES_LOOKED_AT && scan.next(); i++) {
            if (scan.maxTimestamp() > timestampMs) {
                return true;
            }
        }
        return false;
    }

    private boolean namesBatch(IndexFile.Cursor offset, int entry) throws IOException {
        if (entry < 0) {
            return true; // the log's beginning
        }
        int position = offset.value(entry);
        return position > 0 && position < end && beginsBatch(log, position, baseOffset, offset.key(entry));
    }

    /** Whether a batch with this last offset begins at the position. */
    static boolean beginsBatch(DiskFile log, int position, long baseOffset, long relativeLastOffset)
            throws IOException {
        ByteBuffer header = ByteBuffer.allocate(BatchHeader.RECORDS_AT);
        return log.read(header, position) == BatchHeader.RECORDS_AT
                && BatchHeader.magic(header, 0) == BatchHeader.MAGIC
                && BatchHeader.lastOffset(header, 0) - baseOffset == relativeLastOffset;
    }
}
