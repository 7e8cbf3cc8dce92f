package dev.millrace.connector.jdbc.sql;

import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;

/** H2 2.x. */
public final class H2Dialect implements Dialect {

    private static final int LOCK_TIMEOUT_MS = 10_000;
    private static final int DECIMAL_PRECISION = 38;

    private static final int DATABASE_ALREADY_OPEN = 90020;
    private static final int WRONG_USER_OR_PASSWORD = 28000;
    private static final int DATABASE_NOT_FOUND = 90146;
    private static final int DUPLICATE_KEY = 23505;
    /** Lock timeout, deadlock, concurrent update, connection broken, database closed or being closed. */
    private static final Set<Integer> TRANSIENT = Set.of(50200, 40001, 90131, 90067, 90098, 90121);

    @Override
    public String driver() {
        return "org.h2.Driver";
    }

    /**
     * What fails is thrown, and told by whoever catches it: embedded, H2 would write it into a file beside the database as well,
     * and where it can't write that, a stack trace to standard error.
     */
    @Override
    public Map<String, String> driverProperties(String url) {
        String settings = url.toUpperCase(Locale.ROOT);
        boolean embedded = !settings.startsWith("JDBC:H2:TCP:") && !settings.startsWith("JDBC:H2:SSL:");
        return embedded && !settings.contains(";TRACE_LEVEL_FILE=") ? Map.of("TRACE_LEVEL_FILE", "0") : Map.of();
    }

    /**
     * H2 writes a commit to its file up to 500 ms later; until then a killed process loses it. Without the delay, the file has
     * it when commit returns.
     */
    @Override
    public List<String> sessionStatements(String url) {
        String settings = url.toUpperCase(Locale.ROOT);
        return Stream.of("LOCK_TIMEOUT " + LOCK_TIMEOUT_MS, "WRITE_DELAY 0")
                .filter(setting -> !settings.contains(";" + setting.substring(0, setting.indexOf(' ')) + "="))
                .map(setting -> "SET " + setting)
                .toList();
    }

    @Override
    public String columnType(Column column) throws RowException {
        Schema schema = column.type();
        if (schema.name() != null) {
            switch (schema.name()) {
                case Date.LOGICAL_NAME -> {
                    return "DATE";
                }
                case Time.LOGICAL_NAME -> {
                    return "TIME(3)";
                }
                case Timestamp.LOGICAL_NAME -> {
                    return "TIMESTAMP(3)";
                }
                case Decimal.LOGICAL_NAME -> {
                    return "DECIMAL(" + DECIMAL_PRECISION + ", "
                            + schema.parameters().get(Decimal.SCALE_FIELD) + ")";
                }
                default -> {}
            }
        }
        return switch (schema.type()) {
            case INT8 -> "TINYINT";
            case INT16 -> "SMALLINT";
            case INT32 -> "INTEGER";
            case INT64 -> "BIGINT";
            case FLOAT32 -> "REAL";
            case FLOAT64 -> "DOUBLE PRECISION";
            case BOOLEAN -> "BOOLEAN";
            // These end at a million characters, which is where records end too; the large types can't be compared.
            case STRING -> "CHARACTER VARYING";
            case BYTES -> "BINARY VARYING";
            default ->
                throw new RowException("column '" + column.name() + "': no column type for " + schema.type()
                        + "; flatten or drop the field");
        };
    }

    @Override
    public String upsert(TableName table, List<String> keys, List<String> others) {
        return "MERGE INTO " + quote(table) + " ("
                + Stream.concat(keys.stream(), others.stream()).map(this::quote).collect(Collectors.joining(", "))
                + ") KEY (" + keys.stream().map(this::quote).collect(Collectors.joining(", ")) + ") VALUES ("
                + Stream.generate(() -> "?").limit(keys.size() + others.size()).collect(Collectors.joining(", ")) + ")";
    }

    @Override
    public String fold(String name) {
        return name.toUpperCase(Locale.ROOT);
    }

    @Override
    public boolean isTransient(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return TRANSIENT.contains(failure.getErrorCode()) || state.startsWith("08");
    }

    @Override
    public boolean isDuplicateKey(SQLException failure) {
        return failure.getErrorCode() == DUPLICATE_KEY;
    }

    @Override
    public String explain(SQLException failure, String url) {
        return switch (failure.getErrorCode()) {
            case DATABASE_ALREADY_OPEN ->
                "another process has the database of " + url
                        + " open; stop it, or add ;AUTO_SERVER=TRUE to the URL in both";
            case WRONG_USER_OR_PASSWORD -> "wrong user name or password for " + url;
            case DATABASE_NOT_FOUND -> "there is no database at " + url + ", and its URL forbids to create it";
            default -> oneLine(String.valueOf(failure.getMessage()));
        };
    }

    /** H2 says what, then the values, then the whole statement, then its version. */
    private static String oneLine(String message) {
        String what = message;
        for (String after : List.of("; SQL statement:", " VALUES (", " [", "\n")) {
            int end = what.indexOf(after);
            what = end < 0 ? what : what.substring(0, end);
        }
        return what.strip()
                + (what.indexOf('"') >= 0 && what.chars().filter(c -> c == '"').count() % 2 == 1 ? "\"" : "");
    }
}
