package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import dev.millrace.broker.log.disk.LogCorruptException;
import java.io.IOException;

/**
 * Which parts of a segment file may be sent: what was appended or recovered by this process, and what was compared with its
 * checksums since, each part when it was read first. Any thread.
 */
final class CheckedParts {
    private final SegmentPlace place;
    private final VerifiedRanges verified = new VerifiedRanges();

    /** What follows was checked when it was appended or recovered; what comes before, when it is read first. */
    private volatile int checkedFrom;

    CheckedParts(SegmentPlace place, int checkedFrom) {
        this.place = place;
        this.checkedFrom = checkedFrom;
    }

    void checkedFrom(int position) {
        checkedFrom = position;
    }

    boolean cover(int from, int to) {
        return from >= checkedFrom || verified.cover(from, Math.min(to, checkedFrom));
    }

    /** @throws LogCorruptException when the batches in there are not what was written */
    void ensureSound(DiskFile log, int from, int to, int end) throws IOException {
        if (!cover(from, to)) {
            verify(new Verification(log, place.baseOffset(), Long.MAX_VALUE), from, to, end);
        }
    }

    /**
     * Whether all of it may be sent. When only the beginning may, the reader comes back for the rest and is told then.
     *
     * @throws LogCorruptException when not even its first batch may
     */
    boolean verify(Verification verification, int from, int to, int end) throws IOException {
        boolean sound = verification.verify(from, to, end);
        if (verification.position() > from) {
            verified.add(from, verification.position());
        }
        if (!sound && verification.position() == from) {
            throw damaged(from, verification.damage());
        }
        return sound;
    }

    LogCorruptException damaged(int position, String damage) {
        return new LogCorruptException("the batch at position " + position + " of "
                + place.describe(LogFileNames.LOG) + " is damaged (" + damage
                + "): restore the file from a copy or a replica; until then consumers can only go on by seeking to"
                + " an offset behind it");
    }
}
