package dev.millrace.connector.jdbc;

import java.util.List;
import org.apache.kafka.common.config.ConfigDef;

/** What can be set, with defaults and documentation. Names are those of the widely used JDBC sinks where these have the setting. */
final class Settings {

    static final String NAME = "name";
    static final String URL = "connection.url";
    static final String USER = "connection.user";
    static final String PASSWORD = "connection.password";
    static final String ATTEMPTS = "connection.attempts";
    static final String BACKOFF_MS = "connection.backoff.ms";
    static final String INSERT_MODE = "insert.mode";
    static final String PK_MODE = "pk.mode";
    static final String PK_FIELDS = "pk.fields";
    static final String DELETE_ENABLED = "delete.enabled";
    static final String AUTO_CREATE = "auto.create";
    static final String AUTO_EVOLVE = "auto.evolve";
    static final String TABLE_NAME_FORMAT = "table.name.format";
    static final String FIELDS_WHITELIST = "fields.whitelist";
    static final String SCHEMALESS_FIELDS = "schemaless.fields";
    static final String QUOTE = "quote.sql.identifiers";
    static final String DB_TIMEZONE = "db.timezone";
    static final String BATCH_SIZE = "batch.size";
    static final String MAX_RETRIES = "max.retries";
    static final String RETRY_BACKOFF_MS = "retry.backoff.ms";
    static final String EXACTLY_ONCE = "exactly.once";
    static final String OFFSETS_TABLE = "exactly.once.table";

    static final ConfigDef DEFINITION = new ConfigDef()
            .define(
                    URL,
                    ConfigDef.Type.STRING,
                    ConfigDef.NO_DEFAULT_VALUE,
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.HIGH,
                    "JDBC URL of the database, such as jdbc:h2:./data/warehouse.")
            .define(USER, ConfigDef.Type.STRING, null, ConfigDef.Importance.HIGH, "The user to connect as.")
            .define(PASSWORD, ConfigDef.Type.PASSWORD, null, ConfigDef.Importance.HIGH, "The user's password.")
            .define(
                    ATTEMPTS,
                    ConfigDef.Type.INT,
                    3,
                    ConfigDef.Range.atLeast(1),
                    ConfigDef.Importance.LOW,
                    "How often to try to connect at the start.")
            .define(
                    BACKOFF_MS,
                    ConfigDef.Type.LONG,
                    10_000L,
                    ConfigDef.Range.atLeast(0),
                    ConfigDef.Importance.LOW,
                    "How long to wait between these attempts, in milliseconds.")
            .define(
                    INSERT_MODE,
                    ConfigDef.Type.STRING,
                    "insert",
                    ConfigDef.CaseInsensitiveValidString.in("insert", "upsert", "update"),
                    ConfigDef.Importance.HIGH,
                    "insert adds rows; upsert replaces the row with the same primary key; update changes only rows that are there.")
            .define(
                    PK_MODE,
                    ConfigDef.Type.STRING,
                    "none",
                    ConfigDef.CaseInsensitiveValidString.in("none", "kafka", "record_key", "record_value"),
                    ConfigDef.Importance.HIGH,
                    "Where the primary key comes from: none; kafka (topic, partition and offset); the record's key; the record's value.")
            .define(
                    PK_FIELDS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.HIGH,
                    "Fields that make the primary key (all when empty), or names of the columns for a key that is a single value.")
            .define(
                    DELETE_ENABLED,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Whether a record without a value deletes its row. Needs pk.mode=record_key.")
            .define(
                    AUTO_CREATE,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Whether to create a table that is missing.")
            .define(
                    AUTO_EVOLVE,
                    ConfigDef.Type.BOOLEAN,
                    false,
                    ConfigDef.Importance.MEDIUM,
                    "Whether to add columns that a table lacks; they must be optional.")
            .define(
                    TABLE_NAME_FORMAT,
                    ConfigDef.Type.STRING,
                    "${topic}",
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.MEDIUM,
                    "The table, with ${topic} for the topic; SCHEMA.TABLE names its schema too.")
            .define(
                    FIELDS_WHITELIST,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.MEDIUM,
                    "Fields of the value to write; all when empty. The primary key is always written.")
            .define(
                    SCHEMALESS_FIELDS,
                    ConfigDef.Type.LIST,
                    List.of(),
                    ConfigDef.Importance.MEDIUM,
                    "For values without a schema: fields to write, each as NAME:TYPE. When empty, types are those of the table's columns.")
            .define(
                    QUOTE,
                    ConfigDef.Type.STRING,
                    "always",
                    ConfigDef.CaseInsensitiveValidString.in("always", "never"),
                    ConfigDef.Importance.MEDIUM,
                    "How names are created: always, as they are written; never, as the database folds names without quotes. "
                            + "Tables and columns that exist are found in any case.")
            .define(
                    DB_TIMEZONE,
                    ConfigDef.Type.STRING,
                    "UTC",
                    ConfigDef.Importance.MEDIUM,
                    "The time zone in which moments are stored.")
            .define(
                    BATCH_SIZE,
                    ConfigDef.Type.INT,
                    3000,
                    ConfigDef.Range.atLeast(1),
                    ConfigDef.Importance.MEDIUM,
                    "The most rows sent to the database at once.")
            .define(
                    MAX_RETRIES,
                    ConfigDef.Type.INT,
                    10,
                    ConfigDef.Range.atLeast(0),
                    ConfigDef.Importance.MEDIUM,
                    "How often in a row to try again after a failure that may pass, before the task fails.")
            .define(
                    RETRY_BACKOFF_MS,
                    ConfigDef.Type.LONG,
                    3000L,
                    ConfigDef.Range.atLeast(0),
                    ConfigDef.Importance.MEDIUM,
                    "How long to wait before trying again, in milliseconds.")
            .define(
                    EXACTLY_ONCE,
                    ConfigDef.Type.BOOLEAN,
                    true,
                    ConfigDef.Importance.MEDIUM,
                    "Whether offsets are stored in the database, in the same transaction as the rows, so that no row is doubled or lost.")
            .define(
                    OFFSETS_TABLE,
                    ConfigDef.Type.STRING,
                    "MILLRACE_SINK_OFFSETS",
                    new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.LOW,
                    "The table of these offsets.");

    private Settings() {}
}
