package dev.millrace.connector.jdbc.sql;

import java.util.List;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record does to a table.
 *
 * @param columns keys first; one list for all records of the same shape, so that it can be compared by identity
 * @param values  as the driver takes them, one for each column
 */
public record Change(
        SinkRecord record,
        TableName table,
        Kind kind,
        List<Column> columns,
        @Nullable Object[] values) {

    /** Whether the row is to be there afterwards. */
    public enum Kind {
        WRITE,
        DELETE
    }
}
