package dev.millrace.connector.csv;

import dev.millrace.connector.csv.row.FieldType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * What can be set, with defaults and documentation. Names are those of the spooldir connectors where these have the setting.
 *
 * <p>Settings per field are {@code field.NAME.SETTING}; the definition has a key for each field that is named anywhere, so
 * that a caller of validate sees which keys are known.
 */
final class Settings {

    static final String TOPIC = "topic";
    static final String INPUT_PATH = "input.path";
    static final String INPUT_FILE_PATTERN = "input.file.pattern";
    static final String FIRST_ROW_AS_HEADER = "csv.first.row.as.header";
    static final String COLUMNS = "csv.columns";
    static final String SEPARATOR = "csv.separator.char";
    static final String QUOTE = "csv.quote.char";
    static final String ESCAPE = "csv.escape.char";
    static final String CHARSET = "csv.file.charset";
    static final String SKIP_LINES = "csv.skip.lines";
    static final String NULL_INDICATOR = "csv.null.field.indicator";
    static final String NULL_VALUE = "csv.null.value";
    static final String ROW_MAX_BYTES = "row.max.bytes";
    static final String FIELDS = "fields";
    static final String KEY_FIELDS = "key.fields";
    static final String TIMESTAMP_FIELD = "timestamp.field";
    static final String TIMEZONE = "parser.timestamp.timezone";
    static final String MALFORMED_ROWS = "malformed.rows";
    static final String MALFORMED_ROWS_TOPIC = "malformed.rows.topic";
    static final String HALT_ON_ERROR = "halt.on.error";
    static final String FOLLOW = "follow";
    static final String FILE_CHANGED = "file.changed";
    static final String BATCH_SIZE = "batch.size";
    static final String EMPTY_POLL_WAIT_MS = "empty.poll.wait.ms";
    static final String FILE_BUFFER_BYTES = "file.buffer.size.bytes";

    static final Pattern FIELD_SETTING = Pattern.compile("field\\.(.+)\\.([a-z]+)");
    private static final int BATCH_SIZE_MAX = 100_000;
    /** Java arrays end at 2 GiB; a record of a broker long before that. */
    private static final int ROW_BYTES_LIMIT = 1 << 30;

    private Settings() {}

    static ConfigDef definition(Map<String, String> properties) {
        ConfigDef definition = new ConfigDef()
                .define(
                        TOPIC,
                        ConfigDef.Type.STRING,
                        ConfigDef.NO_DEFAULT_VALUE,
                        new ConfigDef.NonEmptyString(),
                        ConfigDef.Importance.HIGH,
                        "The topic to write to.")
                .define(
                        INPUT_PATH,
                        ConfigDef.Type.LIST,
                        ConfigDef.NO_DEFAULT_VALUE,
                        notEmpty(),
                        ConfigDef.Importance.HIGH,
                        "Files, folders and globs, separated by commas. Of a folder, the files that input.file.pattern matches.")
                .define(
                        INPUT_FILE_PATTERN,
                        ConfigDef.Type.STRING,
                        ".*\\.csv",
                        ConfigDef.Importance.MEDIUM,
                        "Regular expression that the whole name of a file in a folder must match.")
                .define(
                        FIRST_ROW_AS_HEADER,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        ConfigDef.Importance.MEDIUM,
                        "Whether the first row names the columns. With csv.columns given, it is skipped.")
                .define(
                        COLUMNS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        ConfigDef.Importance.MEDIUM,
                        "Names of the columns, in order, for files that do not say, or say it badly.")
                .define(
                        SEPARATOR,
                        ConfigDef.Type.STRING,
                        ",",
                        ConfigDef.Importance.MEDIUM,
                        "What separates columns: a character, or its decimal code (9 is a tab).")
                .define(
                        QUOTE,
                        ConfigDef.Type.STRING,
                        "\"",
                        ConfigDef.Importance.LOW,
                        "What quotes columns: a character, or its decimal code; 0 for none.")
                .define(
                        ESCAPE,
                        ConfigDef.Type.STRING,
                        "0",
                        ConfigDef.Importance.LOW,
                        "What escapes the next character: a character, or its decimal code; 0 for none. A doubled quote needs none.")
                .define(
                        CHARSET,
                        ConfigDef.Type.STRING,
                        "UTF-8",
                        ConfigDef.Importance.MEDIUM,
                        "The charset of the files. A byte order mark of UTF-8 is skipped.")
                .define(
                        SKIP_LINES,
                        ConfigDef.Type.INT,
                        0,
                        ConfigDef.Range.atLeast(0),
                        ConfigDef.Importance.LOW,
                        "Physical lines at the beginning of each file that are no rows.")
                .define(
                        NULL_INDICATOR,
                        ConfigDef.Type.STRING,
                        "NEITHER",
                        ConfigDef.CaseInsensitiveValidString.in("NEITHER", "EMPTY_SEPARATORS", "BOTH"),
                        ConfigDef.Importance.LOW,
                        "Which empty columns are null rather than empty text: none, those without quotes, or all.")
                .define(
                        NULL_VALUE,
                        ConfigDef.Type.STRING,
                        null,
                        ConfigDef.Importance.LOW,
                        "Text that stands for null, such as \\N.")
                .define(
                        ROW_MAX_BYTES,
                        ConfigDef.Type.INT,
                        1 << 20,
                        ConfigDef.Range.between(1, ROW_BYTES_LIMIT),
                        ConfigDef.Importance.LOW,
                        "A longer row is malformed. Bounds the memory, and how far a quote that is never closed is looked for.")
                .define(
                        FIELDS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        ConfigDef.Importance.HIGH,
                        "Fields of the record, in order; each has settings field.NAME.*. All columns when empty.")
                .define(
                        KEY_FIELDS,
                        ConfigDef.Type.LIST,
                        List.of(),
                        ConfigDef.Importance.MEDIUM,
                        "Fields that make the record's key: of one its value, of several a struct.")
                .define(
                        TIMESTAMP_FIELD,
                        ConfigDef.Type.STRING,
                        null,
                        ConfigDef.Importance.MEDIUM,
                        "The field whose value is the record's time: of type timestamp, or int64 as milliseconds since the epoch.")
                .define(
                        TIMEZONE,
                        ConfigDef.Type.STRING,
                        "UTC",
                        ConfigDef.Importance.LOW,
                        "The time zone of moments that are written without one.")
                .define(
                        MALFORMED_ROWS,
                        ConfigDef.Type.STRING,
                        null,
                        ConfigDef.LambdaValidator.with(
                                (name, value) -> {
                                    if (value != null) {
                                        ConfigDef.ValidString.in(MalformedRows.SETTINGS)
                                                .ensureValid(name, value);
                                    }
                                },
                                () -> "[fail, skip, dead-letter]"),
                        ConfigDef.Importance.HIGH,
                        "What becomes of a row with broken quotes, a wrong number of columns, or a value that is not of its type: "
                                + "fail (the default), skip, or dead-letter.")
                .define(
                        MALFORMED_ROWS_TOPIC,
                        ConfigDef.Type.STRING,
                        "",
                        ConfigDef.Importance.MEDIUM,
                        "Where malformed rows go with dead-letter.")
                .define(
                        HALT_ON_ERROR,
                        ConfigDef.Type.BOOLEAN,
                        true,
                        ConfigDef.Importance.LOW,
                        "The older name of the same choice, used when malformed.rows is not given: true is fail, false is skip.")
                .define(
                        FOLLOW,
                        ConfigDef.Type.BOOLEAN,
                        false,
                        ConfigDef.Importance.MEDIUM,
                        "Whether to wait for more rows and more files; otherwise the end of the files is the end of the work.")
                .define(
                        FILE_CHANGED,
                        ConfigDef.Type.STRING,
                        "fail",
                        ConfigDef.ValidString.in("fail", "restart"),
                        ConfigDef.Importance.LOW,
                        "What to do with a file that is not the one that was being read: fail, or read it from its beginning.")
                .define(
                        BATCH_SIZE,
                        ConfigDef.Type.INT,
                        1000,
                        ConfigDef.Range.between(1, BATCH_SIZE_MAX),
                        ConfigDef.Importance.LOW,
                        "The most records that one poll returns.")
                .define(
                        EMPTY_POLL_WAIT_MS,
                        ConfigDef.Type.LONG,
                        500L,
                        ConfigDef.Range.atLeast(1),
                        ConfigDef.Importance.LOW,
                        "How long to wait before looking for more rows, in milliseconds.")
                .define(
                        FILE_BUFFER_BYTES,
                        ConfigDef.Type.INT,
                        256 * 1024,
                        ConfigDef.Range.between(1, ROW_BYTES_LIMIT),
                        ConfigDef.Importance.LOW,
                        "How much of a file is read at once; grows to the longest row.");
        for (String name : fieldNames(properties)) {
            String prefix = "field." + name + ".";
            definition
                    .define(
                            prefix + "column",
                            ConfigDef.Type.STRING,
                            null,
                            ConfigDef.Importance.MEDIUM,
                            "The column, when it has another name; empty: the file has none.")
                    .define(
                            prefix + "type",
                            ConfigDef.Type.STRING,
                            "string",
                            ConfigDef.Importance.MEDIUM,
                            "One of: " + FieldType.NAMES + ".")
                    .define(
                            prefix + "format",
                            ConfigDef.Type.STRING,
                            null,
                            ConfigDef.Importance.MEDIUM,
                            "How the column writes a moment: epoch-ms, epoch-s, snowflake, iso-8601, or a pattern such as yyyy-MM-dd HH:mm:ss.")
                    .define(
                            prefix + "optional",
                            ConfigDef.Type.BOOLEAN,
                            null,
                            ConfigDef.Importance.MEDIUM,
                            "Whether it may be null.")
                    .define(
                            prefix + "default",
                            ConfigDef.Type.STRING,
                            null,
                            ConfigDef.Importance.LOW,
                            "What stands for an empty or missing column.")
                    .define(
                            prefix + "strip",
                            ConfigDef.Type.STRING,
                            "",
                            ConfigDef.Importance.LOW,
                            "Characters to take away around the text.");
        }
        return definition;
    }

    static Set<String> fieldNames(Map<String, String> properties) {
        Set<String> names = new TreeSet<>();
        for (String name : String.valueOf(properties.getOrDefault(FIELDS, "")).split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip());
            }
        }
        for (String key : properties.keySet()) {
            var matcher = FIELD_SETTING.matcher(key);
            if (matcher.matches()) {
                names.add(matcher.group(1));
            }
        }
        return names;
    }

    private static ConfigDef.Validator notEmpty() {
        return ConfigDef.LambdaValidator.with(
                (name, value) -> {
                    if (value instanceof List<?> list && list.isEmpty()) {
                        throw new ConfigException(name, value, "name at least one file, folder or glob");
                    }
                },
                () -> "not empty");
    }
}
