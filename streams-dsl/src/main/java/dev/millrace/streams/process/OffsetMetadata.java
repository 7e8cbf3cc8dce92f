package dev.millrace.streams.process;

import java.nio.ByteBuffer;
import java.util.Base64;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/**
 * The event time that a partition had reached, kept in the metadata of its committed offset: after a restart the same
 * records are late as before. The form is Kafka Streams' (a version byte, eight bytes, Base64), so that either can go on
 * where the other stopped.
 */
public final class OffsetMetadata {

    private static final byte VERSION = 1;
    private static final byte VERSION_MAX = 2;
    private static final long UNKNOWN = -1;

    private OffsetMetadata() {}

    public static String of(long partitionTimeMs) {
        byte[] bytes = ByteBuffer.allocate(1 + Long.BYTES)
                .put(VERSION)
                .putLong(partitionTimeMs)
                .array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** The event time, or -1 if there is none that can be read. */
    public static long partitionTimeMs(@Nullable OffsetAndMetadata committed) {
        if (committed == null || committed.metadata().isEmpty()) {
            return UNKNOWN;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(committed.metadata()));
            byte version = bytes.remaining() >= 1 + Long.BYTES ? bytes.get() : 0;
            return version >= VERSION && version <= VERSION_MAX ? bytes.getLong() : UNKNOWN;
        } catch (IllegalArgumentException foreign) {
            return UNKNOWN;
        }
    }
}
