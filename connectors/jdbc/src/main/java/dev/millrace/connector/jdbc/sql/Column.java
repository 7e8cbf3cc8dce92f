package dev.millrace.connector.jdbc.sql;

import org.apache.kafka.connect.data.Schema;

/**
 * A column that a record writes to.
 *
 * @param name as the record has it; the table may write it in another case
 * @param type of the values, as Connect sees them
 * @param key  whether it is part of the primary key
 */
public record Column(String name, Schema type, boolean key) {

    /** Whether it may be null in a table that is made for it. */
    public boolean nullable() {
        return !key && type.isOptional();
    }
}
