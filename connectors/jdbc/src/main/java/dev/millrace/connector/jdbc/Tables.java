package dev.millrace.connector.jdbc;

import dev.millrace.connector.jdbc.sql.Change;
import dev.millrace.connector.jdbc.sql.Column;
import dev.millrace.connector.jdbc.sql.ColumnTypes;
import dev.millrace.connector.jdbc.sql.Dialect;
import dev.millrace.connector.jdbc.sql.RowException;
import dev.millrace.connector.jdbc.sql.TableName;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tables that are there, and the making of those that are not. What it has seen it remembers until {@link #forget}.
 * Statements that define tables end a transaction in most databases, so all of this happens before one begins.
 */
final class Tables {

    private static final Logger LOG = LoggerFactory.getLogger(Tables.class);

    /** A table as it stands in the database; columns by their real names. */
    private record Existing(TableName name, Map<String, Column> columns) {}

    /** Where a shape of row goes: real names, one for each of the shape's columns. */
    record Target(TableName table, List<String> columns) {}

    /** Records without a schema could bring new shapes for ever. */
    private static final int TARGETS_MAX = 1000;

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final JdbcSinkConfig config;
    private final Map<TableName, Existing> existing = new HashMap<>();
    private final IdentityHashMap<List<Column>, Target> targets = new IdentityHashMap<>();

    Tables(Jdbi jdbi, JdbcSinkConfig config) {
        this.jdbi = jdbi;
        this.dialect = config.dialect();
        this.config = config;
    }

    /** The columns of a table; empty when there is none of that name. */
    List<Column> columns(TableName wanted) {
        Existing table = find(wanted);
        return table == null ? List.of() : List.copyOf(table.columns().values());
    }

    /**
     * Where a change goes; the table is made, or columns are added, if the settings say so.
     *
     * @throws RowException     for a field that has no column type
     * @throws ConnectException when table or columns are missing and are not to be made
     */
    Target target(Change change) throws RowException {
        Target known = targets.get(change.columns());
        if (known != null) {
            return known;
        }
        Existing table = find(change.table());
        if (table == null) {
            table = create(change);
        }
        List<Column> missing = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Column column : change.columns()) {
            String name = match(column.name(), table.columns());
            if (name == null) {
                missing.add(column);
            } else {
                names.add(name);
            }
        }
        if (!missing.isEmpty()) {
            evolve(table, missing, change);
            return target(change);
        }
        if (targets.size() >= TARGETS_MAX) {
            targets.clear();
        }
        Target target = new Target(table.name(), names);
        targets.put(change.columns(), target);
        return target;
    }

    void forget() {
        existing.clear();
        targets.clear();
    }

    private Existing create(Change change) throws RowException {
        if (!config.autoCreate()) {
            throw new ConnectException("there is no table " + change.table() + " for topic "
                    + change.record().topic() + "; create it, or set auto.create=true");
        }
        TableName name =
                new TableName(change.table().parts().stream().map(this::created).toList());
        List<Column> columns = change.columns().stream()
                .map(column -> new Column(created(column.name()), column.type(), column.key()))
                .toList();
        String sql = dialect.createTable(name, columns);
        LOG.info(
                "creates table={} columns={}",
                name,
                columns.stream().map(Column::name).toList());
        jdbi.useHandle(handle -> handle.execute(sql));
        Existing table = find(change.table());
        if (table == null) {
            throw new ConnectException("table " + name + " was created and can't be found; see table.name.format");
        }
        return table;
    }

    private void evolve(Existing table, List<Column> missing, Change change) throws RowException {
        if (!config.autoEvolve()) {
            throw new ConnectException("table " + table.name() + " has no column for '"
                    + missing.get(0).name()
                    + "' of topic " + change.record().topic()
                    + "; add it, set auto.evolve=true, or leave the field out with fields.whitelist");
        }
        for (Column column : missing) {
            if (!column.nullable()) {
                throw new ConnectException(
                        "table " + table.name() + " can't be given column '" + column.name()
                                + "': rows that are there would have no value; make the field optional, or add the column by hand");
            }
            Column real = new Column(created(column.name()), column.type(), false);
            LOG.info("adds table={} column={}", table.name(), real.name());
            String sql = dialect.addColumn(table.name(), real);
            jdbi.useHandle(handle -> handle.execute(sql));
        }
        existing.remove(change.table());
    }

    private String created(String name) {
        return config.foldsNames() ? dialect.fold(name) : name;
    }

    private @Nullable Existing find(TableName wanted) {
        Existing known = existing.get(wanted);
        if (known != null) {
            return known;
        }
        Existing found;
        try {
            found = jdbi.withHandle(handle -> lookUp(handle.getConnection(), wanted));
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
        if (found != null) {
            existing.put(wanted, found);
        }
        return found;
    }

    private static @Nullable Existing lookUp(Connection connection, TableName wanted) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        List<String> parts = wanted.parts();
        String schema = parts.size() > 1 ? parts.get(parts.size() - 2) : connection.getSchema();
        Map<String, List<String>> tables = new HashMap<>();
        try (ResultSet rows = metadata.getTables(connection.getCatalog(), null, "%", null)) {
            while (rows.next()) {
                String tableSchema = rows.getString("TABLE_SCHEM");
                if (schema == null || schema.equalsIgnoreCase(tableSchema)) {
                    String table = rows.getString("TABLE_NAME");
                    tables.put(table, tableSchema == null ? List.of(table) : List.of(tableSchema, table));
                }
            }
        }
        String name = match(wanted.table(), tables);
        if (name == null) {
            return null;
        }
        TableName real = new TableName(tables.getOrDefault(name, List.of(name)));
        Map<String, Column> columns = new LinkedHashMap<>();
        String escape = metadata.getSearchStringEscape();
        String pattern = name.replace("_", escape + "_").replace("%", escape + "%");
        String realSchema = real.parts().size() > 1 ? real.parts().get(0) : null;
        try (ResultSet rows = metadata.getColumns(connection.getCatalog(), realSchema, pattern, "%")) {
            while (rows.next()) {
                String column = rows.getString("COLUMN_NAME");
                boolean nullable = rows.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls;
                columns.put(
                        column,
                        new Column(
                                column,
                                ColumnTypes.schema(rows.getInt("DATA_TYPE"), rows.getInt("DECIMAL_DIGITS"), nullable),
                                false));
            }
        }
        return new Existing(real, columns);
    }

    /** The name as it is written, else the one that differs in case alone. */
    private static @Nullable String match(String wanted, Map<String, ?> names) {
        if (names.containsKey(wanted)) {
            return wanted;
        }
        List<String> alike =
                names.keySet().stream().filter(wanted::equalsIgnoreCase).toList();
        if (alike.size() > 1) {
            throw new ConnectException("'" + wanted + "' could be any of " + alike + "; use its exact name");
        }
        return alike.isEmpty() ? null : alike.get(0);
    }
}
