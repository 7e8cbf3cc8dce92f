package dev.millrace.connector.jdbc;

import dev.millrace.connector.jdbc.sql.Column;
import dev.millrace.connector.jdbc.sql.Dialect;
import dev.millrace.connector.jdbc.sql.PrimaryKey;
import dev.millrace.connector.jdbc.sql.RowMaker;
import dev.millrace.connector.jdbc.sql.TableName;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/** The settings, typed and checked against each other. Immutable. */
final class JdbcSinkConfig {

    /** What a record with a value does to a row. */
    enum InsertMode {
        INSERT,
        UPSERT,
        UPDATE
    }

    private final AbstractConfig settings;
    private final String connector;
    private final Dialect dialect;
    private final InsertMode insertMode;
    private final RowMaker.Rules rules;

    /** @throws org.apache.kafka.common.config.ConfigException naming the setting and how to mend it */
    JdbcSinkConfig(Map<String, String> properties) {
        this.settings = new AbstractConfig(Settings.DEFINITION, properties, false);
        this.connector = properties.getOrDefault(Settings.NAME, "");
        Dialect known = Dialect.of(url());
        if (known == null) {
            throw new SettingException(
                    Settings.URL, "no dialect for '" + url() + "'; URLs may begin with " + Dialect.KNOWN);
        }
        this.dialect = known;
        this.insertMode = InsertMode.valueOf(upper(Settings.INSERT_MODE));
        this.rules = new RowMaker.Rules(
                tableFormat(),
                primaryKey(),
                Set.copyOf(settings.getList(Settings.FIELDS_WHITELIST)),
                declared(),
                deletes(),
                zone());
        PrimaryKey.Mode mode = rules.primaryKey().mode();
        if (insertMode != InsertMode.INSERT && mode == PrimaryKey.Mode.NONE) {
            throw new SettingException(
                    Settings.PK_MODE,
                    insertMode.name().toLowerCase(Locale.ROOT)
                            + " needs a primary key: set record_key, record_value or kafka");
        }
        if (deletes() && mode != PrimaryKey.Mode.RECORD_KEY) {
            throw new SettingException(Settings.DELETE_ENABLED, "needs pk.mode=record_key");
        }
        if (exactlyOnce() && connector.isBlank()) {
            throw new SettingException(
                    Settings.NAME, "needed with exactly.once=true: offsets are stored under the connector's name");
        }
    }

    /** The connector's name: offsets are stored under it. */
    String connector() {
        return connector;
    }

    String url() {
        return settings.getString(Settings.URL);
    }

    @Nullable
    String user() {
        return settings.getString(Settings.USER);
    }

    @Nullable
    String password() {
        Password password = settings.getPassword(Settings.PASSWORD);
        return password == null ? null : password.value();
    }

    int connectionAttempts() {
        return settings.getInt(Settings.ATTEMPTS);
    }

    long connectionBackoffMs() {
        return settings.getLong(Settings.BACKOFF_MS);
    }

    Dialect dialect() {
        return dialect;
    }

    InsertMode insertMode() {
        return insertMode;
    }

    RowMaker.Rules rules() {
        return rules;
    }

    boolean autoCreate() {
        return settings.getBoolean(Settings.AUTO_CREATE);
    }

    boolean autoEvolve() {
        return settings.getBoolean(Settings.AUTO_EVOLVE);
    }

    boolean foldsNames() {
        return upper(Settings.QUOTE).equals("NEVER");
    }

    int batchSize() {
        return settings.getInt(Settings.BATCH_SIZE);
    }

    int maxRetries() {
        return settings.getInt(Settings.MAX_RETRIES);
    }

    long retryBackoffMs() {
        return settings.getLong(Settings.RETRY_BACKOFF_MS);
    }

    boolean exactlyOnce() {
        return settings.getBoolean(Settings.EXACTLY_ONCE);
    }

    TableName offsetsTable() {
        try {
            return TableName.of(settings.getString(Settings.OFFSETS_TABLE), "");
        } catch (IllegalArgumentException e) {
            throw new SettingException(Settings.OFFSETS_TABLE, String.valueOf(e.getMessage()));
        }
    }

    private boolean deletes() {
        return settings.getBoolean(Settings.DELETE_ENABLED);
    }

    private String upper(String setting) {
        return settings.getString(setting).toUpperCase(Locale.ROOT);
    }

    private String tableFormat() {
        String format = settings.getString(Settings.TABLE_NAME_FORMAT);
        try {
            TableName.of(format, "topic");
        } catch (IllegalArgumentException e) {
            throw new SettingException(Settings.TABLE_NAME_FORMAT, String.valueOf(e.getMessage()));
        }
        return format;
    }

    private PrimaryKey primaryKey() {
        try {
            return new PrimaryKey(
                    PrimaryKey.Mode.valueOf(upper(Settings.PK_MODE)), settings.getList(Settings.PK_FIELDS));
        } catch (IllegalArgumentException e) {
            throw new SettingException(Settings.PK_FIELDS, String.valueOf(e.getMessage()));
        }
    }

    private ZoneId zone() {
        String zone = settings.getString(Settings.DB_TIMEZONE);
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new SettingException(
                    Settings.DB_TIMEZONE, "no time zone '" + zone + "'; take one such as UTC, Europe/Berlin or +02:00");
        }
    }

    private List<Column> declared() {
        List<Column> columns = new ArrayList<>();
        for (String declaration : settings.getList(Settings.SCHEMALESS_FIELDS)) {
            int colon = declaration.lastIndexOf(':');
            if (colon < 1) {
                throw new SettingException(Settings.SCHEMALESS_FIELDS, "'" + declaration + "' is not NAME:TYPE");
            }
            columns.add(new Column(
                    declaration.substring(0, colon).strip(),
                    type(declaration.substring(colon + 1).strip()),
                    false));
        }
        return columns;
    }

    private static Schema type(String name) {
        String type = name.toLowerCase(Locale.ROOT);
        if (type.matches("decimal\\(\\d{1,4}\\)")) {
            int scale = Integer.parseInt(type.substring("decimal(".length(), type.length() - 1));
            return Decimal.builder(scale).optional().build();
        }
        SchemaBuilder schema =
                switch (type) {
                    case "string" -> SchemaBuilder.string();
                    case "int8" -> SchemaBuilder.int8();
                    case "int16" -> SchemaBuilder.int16();
                    case "int32" -> SchemaBuilder.int32();
                    case "int64" -> SchemaBuilder.int64();
                    case "float32" -> SchemaBuilder.float32();
                    case "float64" -> SchemaBuilder.float64();
                    case "boolean" -> SchemaBuilder.bool();
                    case "date" -> Date.builder();
                    case "time" -> Time.builder();
                    case "timestamp" -> Timestamp.builder();
                    default ->
                        throw new SettingException(
                                Settings.SCHEMALESS_FIELDS,
                                "'" + name
                                        + "' is no type; known are string, int8, int16, int32, int64, float32, float64, boolean,"
                                        + " decimal(SCALE), date, time, timestamp");
                };
        return schema.optional().build();
    }
}
