package dev.millrace.connector.jdbc.sql;

import java.util.List;

/**
 * Where a row's primary key comes from.
 *
 * @param fields names of the fields, or of the columns that stand for what has no name; empty for all there are
 */
public record PrimaryKey(Mode mode, List<String> fields) {

    /** The settings of {@code pk.mode}, in lower case. */
    public enum Mode {
        NONE,
        /** Topic, partition and offset. */
        KAFKA,
        RECORD_KEY,
        RECORD_VALUE
    }

    /** Column names when none are given. */
    static final List<String> KAFKA_COLUMNS = List.of("__connect_topic", "__connect_partition", "__connect_offset");

    /** @throws IllegalArgumentException for a number of fields that the mode has no use for */
    public PrimaryKey {
        fields = mode == Mode.KAFKA && fields.isEmpty() ? KAFKA_COLUMNS : List.copyOf(fields);
        if (mode == Mode.KAFKA && fields.size() != KAFKA_COLUMNS.size()) {
            throw new IllegalArgumentException("three names are needed: for the topic, the partition and the offset");
        }
    }
}
