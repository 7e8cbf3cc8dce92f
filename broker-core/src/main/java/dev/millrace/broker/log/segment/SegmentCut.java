package dev.millrace.broker.log.segment;

import dev.millrace.broker.log.directory.LogFileNames;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the end off a segment's file. While others read from it, the rest is copied, so that they go on with what they have. */
final class SegmentCut {
    private static final int BUFFER_BYTES = 1 << 20;

    private SegmentCut() {}

    /** Lets go of the segment's files; what is left is on the disk on return. */
    static void cut(SegmentPlace place, SegmentFiles files, int length) throws IOException {
        if (files.releaseAlone()) {
            try (DiskFile log = place.openLog(false)) {
                log.truncate(length);
                log.force();
            }
        } else {
            copyHead(place, files.log(), length);
            files.release();
        }
    }

    private static void copyHead(SegmentPlace place, DiskFile from, int length) throws IOException {
        String partial = place.path(LogFileNames.LOG + LogFileNames.PARTIAL);
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(1, Math.min(length, BUFFER_BYTES)));
        try (DiskFile to = place.disk().open(partial, true)) {
            to.truncate(0);
            for (int at = 0; at < length; at += buffer.limit()) {
                buffer.clear().limit(Math.min(buffer.capacity(), length - at));
                from.read(buffer, at);
                to.write(buffer.flip(), at);
            }
            to.force();
        }
        place.disk().rename(partial, place.path(LogFileNames.LOG));
    }
}
