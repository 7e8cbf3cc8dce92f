package dev.millrace.connector.jdbc.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;

/**
 * How one database speaks. Names given to the statements are real ones: they are quoted as they are. What is standard SQL is
 * here; a dialect adds the rest.
 */
public interface Dialect {

    /** The dialect for a URL, or null. */
    static @org.jspecify.annotations.Nullable Dialect of(String url) {
        return url.startsWith("jdbc:h2:") ? new H2Dialect() : null;
    }

    /** URLs that there is a dialect for, for an error message. */
    String KNOWN = "jdbc:h2:";

    /** The driver's class. */
    String driver();

    /** What the driver is to be given with the URL, beside user and password. */
    Map<String, String> driverProperties(String url);

    /** What makes a commit durable and waits bearable, run once on each connection. */
    List<String> sessionStatements(String url);

    /** The type of a column.
     *
     * @throws RowException for a type that has no column type
     */
    String columnType(Column column) throws RowException;

    /** Writes the row, in the place of one with the same key if there is one. */
    String upsert(TableName table, List<String> keys, List<String> others);

    /** The name of a database that folds names without quotes. */
    String fold(String name);

    /** Whether trying again may help: the connection broke, a lock was not free, the server is busy. */
    boolean isTransient(SQLException failure);

    /** Whether a row that has this key is there already. */
    boolean isDuplicateKey(SQLException failure);

    /** The failure in one line, with neither statement nor values in it, and how to mend it where that is known. */
    String explain(SQLException failure, String url);

    default String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    default String quote(TableName table) {
        return table.parts().stream().map(this::quote).collect(Collectors.joining("."));
    }

    default String insert(TableName table, List<String> columns) {
        return "INSERT INTO " + quote(table) + " (" + list(columns) + ") VALUES (" + placeholders(columns.size()) + ")";
    }

    default String update(TableName table, List<String> keys, List<String> others) {
        return "UPDATE " + quote(table) + " SET "
                + others.stream().map(name -> quote(name) + " = ?").collect(Collectors.joining(", ")) + where(keys);
    }

    default String delete(TableName table, List<String> keys) {
        return "DELETE FROM " + quote(table) + where(keys);
    }

    /** @throws RowException for a column whose type this database does not have */
    default String createTable(TableName table, List<Column> columns) throws RowException {
        StringBuilder sql = new StringBuilder("CREATE TABLE IF NOT EXISTS " + quote(table) + " (");
        for (Column column : columns) {
            sql.append(quote(column.name())).append(' ').append(columnType(column));
            sql.append(column.nullable() ? ", " : " NOT NULL, ");
        }
        List<String> keys =
                columns.stream().filter(Column::key).map(Column::name).toList();
        if (keys.isEmpty()) {
            sql.setLength(sql.length() - 2);
        } else {
            sql.append("PRIMARY KEY (").append(list(keys)).append(')');
        }
        return sql.append(')').toString();
    }

    /** @throws RowException for a column whose type this database does not have */
    default String addColumn(TableName table, Column column) throws RowException {
        return "ALTER TABLE " + quote(table) + " ADD COLUMN IF NOT EXISTS " + quote(column.name()) + " "
                + columnType(column) + (column.nullable() ? "" : " NOT NULL");
    }

    private String list(List<String> names) {
        return names.stream().map(this::quote).collect(Collectors.joining(", "));
    }

    private String where(List<String> keys) {
        return " WHERE " + keys.stream().map(name -> quote(name) + " = ?").collect(Collectors.joining(" AND "));
    }

    private static String placeholders(int count) {
        return Stream.generate(() -> "?").limit(count).collect(Collectors.joining(", "));
    }

    /** Whether a schema is one of Connect's logical types. */
    static boolean isLogical(Schema schema, String name) {
        return name.equals(schema.name());
    }
}
