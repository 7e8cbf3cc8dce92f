package dev.millrace.connect.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps source offsets. */
public interface OffsetWriter {

    /**
     * Returns once the offsets are safe.
     *
     * @param offsets by source partition; a null offset is forgotten
     * @throws org.apache.kafka.connect.errors.ConnectException when they could not be written, or not in time
     */
    void write(Map<@Nullable Map<String, ?>, @Nullable Map<String, ?>> offsets);
}
