package dev.millrace.broker.log.config;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;

/**
 * compression.type of a topic with the level that belongs to it (KIP-390): how batches are stored, whatever codec their
 * producer has chosen.
 *
 * @param type null when batches stay as they come (compression.type=producer)
 * @param level null for a codec without levels
 */
public record TargetCompression(
        @Nullable CompressionType type, @Nullable Integer level) {

    /** As the producer has it. */
    public static final TargetCompression PRODUCER = new TargetCompression(null, null);

    /**
     * @param name a value of compression.type
     * @param gzipLevel compression.gzip.level
     * @param lz4Level compression.lz4.level
     * @param zstdLevel compression.zstd.level
     */
    public static TargetCompression of(String name, int gzipLevel, int lz4Level, int zstdLevel) {
        return switch (name) {
            case "producer" -> PRODUCER;
            case "uncompressed" -> new TargetCompression(CompressionType.NONE, null);
            case "gzip" -> new TargetCompression(CompressionType.GZIP, gzipLevel);
            case "snappy" -> new TargetCompression(CompressionType.SNAPPY, null);
            case "lz4" -> new TargetCompression(CompressionType.LZ4, lz4Level);
            case "zstd" -> new TargetCompression(CompressionType.ZSTD, zstdLevel);
            default -> throw new IllegalArgumentException("compression.type=" + name);
        };
    }

    /** Whether a batch with this codec is stored with another one. The level alone is no reason: it would be all work. */
    public boolean changes(int codec) {
        return type != null && type.id != codec;
    }

    /** Whether batches are stored without any. */
    public boolean isNone() {
        return type == CompressionType.NONE;
    }

    public Compression codec() {
        CompressionType target = type == null ? CompressionType.NONE : type;
        return switch (target) {
            case GZIP -> Compression.gzip().level(levelOr(0)).build();
            case LZ4 -> Compression.lz4().level(levelOr(0)).build();
            case ZSTD -> Compression.zstd().level(levelOr(0)).build();
            case NONE, SNAPPY -> Compression.of(target).build();
        };
    }

    private int levelOr(int otherwise) {
        return level == null ? otherwise : level;
    }
}
