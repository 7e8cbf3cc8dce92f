package dev.millrace.server.run;

import dev.millrace.connect.pipeline.Pipeline;
import dev.millrace.server.UserError;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;

/** The rows of a query, as text. JDBC drivers are taken from the connectors' plugin folders. */
final class QueryView {

    private static final int ROWS_MAX = 50;

    /** The standard's, H2's for an empty database, PostgreSQL's. */
    private static final Set<String> NO_SUCH_TABLE = Set.of("42S02", "42S03", "42S04", "42P01");

    private final ClassLoader drivers;

    QueryView(ClassLoader drivers) {
        this.drivers = drivers;
    }

    String render(Pipeline.View view) {
        try (Connection connection = connect(view);
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(view.query())) {
            var meta = rows.getMetaData();
            List<String> header = new ArrayList<>();
            for (int c = 1; c <= meta.getColumnCount(); c++) {
                header.add(meta.getColumnLabel(c));
            }
            var table = new TextTable(header);
            int count = 0;
            while (rows.next() && count < ROWS_MAX) {
                List<String> row = new ArrayList<>();
                for (int c = 1; c <= header.size(); c++) {
                    String value = rows.getString(c);
                    row.add(value == null ? "" : value);
                }
                table.add(row);
                count++;
            }
            return table.render();
        } catch (SQLException e) {
            if (NO_SUCH_TABLE.contains(e.getSQLState())) { // Nothing has come that far, so nothing has made it.
                return "  nothing: no table was made\n";
            }
            throw new UserError("show: '" + view.query() + "' failed on " + view.url() + ": " + e.getMessage(), e);
        }
    }

    private Connection connect(Pipeline.View view) throws SQLException {
        var properties = new Properties();
        if (view.user() != null) {
            properties.setProperty("user", view.user());
        }
        if (view.password() != null) {
            properties.setProperty("password", view.password());
        }
        for (Driver driver : ServiceLoader.load(Driver.class, drivers)) {
            if (driver.acceptsURL(view.url())) {
                Connection connection = driver.connect(view.url(), properties);
                if (connection != null) {
                    return connection;
                }
            }
        }
        throw new UserError("show: no JDBC driver on the plugin path takes " + view.url());
    }
}
