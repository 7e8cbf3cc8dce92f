package dev.millrace.broker.log.file;

import dev.millrace.broker.log.segment.LogSlice;
import dev.millrace.broker.log.segment.SegmentSlice;
import java.nio.channels.FileChannel;
import java.util.Optional;

/**
 * Where a slice lies in a real file, for a shell that hands descriptors to the kernel itself. The channel belongs to the
 * log: whoever sends from it closes the slice afterwards, never the channel.
 *
 * @param position of the first byte of the slice, in the file
 */
public record FileSlice(FileChannel channel, long position, int sizeInBytes) {

    /** Empty when the slice is, or is not in a real file. */
    public static Optional<FileSlice> of(LogSlice slice) {
        return slice instanceof SegmentSlice segment && segment.file() instanceof ChannelFile file
                ? Optional.of(new FileSlice(file.channel(), segment.filePosition(), segment.sizeInBytes()))
                : Optional.empty();
    }
}
