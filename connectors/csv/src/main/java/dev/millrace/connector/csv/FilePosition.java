package dev.millrace.connector.csv;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a file has been read, as it is stored with each record.
 *
 * @param offset   bytes up to the next row
 * @param line     physical lines up to there
 * @param rows     rows up to there, the header and malformed ones not counted in, records or not
 * @param headLength how many bytes at the beginning of the file {@code headCrc} covers
 * @param atEnd    whether nothing more was to come when this was written
 */
record FilePosition(long offset, long line, long rows, long headLength, long headCrc, boolean atEnd) {

    static final String FILE = "file";
    static final String OFFSET = "position";
    private static final String LINE = "line";
    private static final String ROWS = "rows";
    private static final String HEAD_LENGTH = "head.length";
    private static final String HEAD_CRC = "head.crc32c";
    private static final String AT_END = "eof";

    static Map<String, String> partition(String file) {
        return Map.of(FILE, file);
    }

    Map<String, Object> toOffset() {
        return Map.of(
                OFFSET, offset, LINE, line, ROWS, rows, HEAD_LENGTH, headLength, HEAD_CRC, headCrc, AT_END, atEnd);
    }

    /**
     * @return null for no stored offset
     * @throws IllegalArgumentException for one that this connector has not written
     */
    static @Nullable FilePosition ofOffset(@Nullable Map<String, ?> offset) {
        if (offset == null) {
            return null;
        }
        return new FilePosition(
                number(offset, OFFSET),
                number(offset, LINE),
                number(offset, ROWS),
                number(offset, HEAD_LENGTH),
                number(offset, HEAD_CRC),
                Boolean.TRUE.equals(offset.get(AT_END)));
    }

    private static long number(Map<String, ?> offset, String key) {
        Object value = offset.get(key);
        if (value instanceof Number number && number.longValue() >= 0) {
            return number.longValue();
        }
        throw new IllegalArgumentException("the stored offset has no valid '" + key + "'");
    }
}
