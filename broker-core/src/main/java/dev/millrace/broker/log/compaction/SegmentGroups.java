package dev.millrace.broker.log.compaction;

import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.directory.SegmentPlace;
import dev.millrace.broker.log.index.IndexSizes;
import dev.millrace.broker.log.segment.Segment;
import dev.millrace.broker.log.segment.Segments;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which neighbouring segments a cleaning makes one of: cleaned ones are small, and many small ones cost files and memory. */
public final class SegmentGroups {
    private SegmentGroups() {}

    /**
     * As many neighbours as fit into one segment by what they have now, in records and in each index.
     *
     * @param end where the segments end that are to be cleaned, even those of which only a part is
     */
    public static List<List<Segment>> of(Segments segments, long end, LogConfig config) throws IOException {
        List<List<Segment>> groups = new ArrayList<>();
        List<Segment> group = new ArrayList<>();
        Sizes sizes = new Sizes(0, 0, 0);
        for (int i = 0; i < segments.size() && segments.get(i).baseOffset() < end; i++) {
            Segment segment = segments.get(i);
            Sizes with = sizes.plus(segment);
            long span = segments.endOffset(i) - 1 - (group.isEmpty() ? segment : group.get(0)).baseOffset();
            if (!group.isEmpty() && (!with.fit(config) || span > SegmentPlace.RELATIVE_OFFSET_MAX)) {
                groups.add(group);
                group = new ArrayList<>();
                with = new Sizes(0, 0, 0).plus(segment);
            }
            group.add(segment);
            sizes = with;
        }
        if (!group.isEmpty()) {
            groups.add(group);
        }
        return groups;
    }

    private record Sizes(long log, long offsets, long times) {
        Sizes plus(Segment segment) throws IOException {
            IndexSizes indexes = segment.indexSizes();
            return new Sizes(log + segment.sizeInBytes(), offsets + indexes.offsets(), times + indexes.times());
        }

        boolean fit(LogConfig config) {
            return log <= config.segmentBytes() && offsets <= config.maxIndexBytes() && times <= config.maxIndexBytes();
        }
    }
}
