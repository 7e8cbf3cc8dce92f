package dev.millrace.connect.worker.answer;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a connector stands (KIP-875). For a sink, a partition is {@code {"kafka_topic":…,"kafka_partition":…}} and an
 * offset {@code {"kafka_offset":…}}; for a source both are the connector's own.
 */
public record ConnectorOffsets(List<Entry> offsets) {

    /** @param offset null to forget the partition's offset */
    public record Entry(
            Map<String, @Nullable Object> partition,
            @Nullable Map<String, @Nullable Object> offset) {}
}
