package dev.millrace.connector.csv;

import dev.millrace.connector.csv.row.CsvDialect;
import dev.millrace.connector.csv.row.FieldSpec;
import dev.millrace.connector.csv.row.FieldType;
import dev.millrace.connector.csv.row.RowShape;
import dev.millrace.connector.csv.row.TimeFormat;
import java.nio.charset.Charset;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;

/** The settings, typed and checked against each other. Immutable. */
final class CsvSourceConfig {

    private final AbstractConfig settings;
    private final Map<String, String> given;
    private final CsvDialect dialect;
    private final ZoneId zone;
    private final Pattern filePattern;
    private final MalformedRows malformedRows;

    /** @throws org.apache.kafka.common.config.ConfigException naming the setting and how to mend it */
    CsvSourceConfig(Map<String, String> properties) {
        this.given = Map.copyOf(properties);
        this.settings = new AbstractConfig(Settings.definition(properties), properties, false);
        requireKnownFieldSettings();
        this.zone = zone(settings.getString(Settings.TIMEZONE));
        this.filePattern = filePattern(settings.getString(Settings.INPUT_FILE_PATTERN));
        this.dialect = dialect();
        this.malformedRows = malformedRows();
        if (malformedRows == MalformedRows.DEAD_LETTER && malformedRowsTopic().isBlank()) {
            throw new SettingException(Settings.MALFORMED_ROWS_TOPIC, "needed with malformed.rows=dead-letter");
        }
        if (!firstRowIsHeader() && givenColumns().isEmpty()) {
            throw new SettingException(Settings.COLUMNS, "needed when csv.first.row.as.header is false");
        }
        settings.getList(Settings.FIELDS).forEach(name -> spec(name, true));
    }

    List<String> inputPath() {
        return settings.getList(Settings.INPUT_PATH);
    }

    Pattern inputFilePattern() {
        return filePattern;
    }

    String topic() {
        return settings.getString(Settings.TOPIC);
    }

    CsvDialect csvDialect() {
        return dialect;
    }

    boolean firstRowIsHeader() {
        return settings.getBoolean(Settings.FIRST_ROW_AS_HEADER);
    }

    List<String> givenColumns() {
        return settings.getList(Settings.COLUMNS);
    }

    int skipLines() {
        return settings.getInt(Settings.SKIP_LINES);
    }

    int rowBytesMax() {
        return settings.getInt(Settings.ROW_MAX_BYTES);
    }

    int bufferBytes() {
        return settings.getInt(Settings.FILE_BUFFER_BYTES);
    }

    MalformedRows onMalformedRow() {
        return malformedRows;
    }

    String malformedRowsTopic() {
        return settings.getString(Settings.MALFORMED_ROWS_TOPIC);
    }

    boolean follow() {
        return settings.getBoolean(Settings.FOLLOW);
    }

    boolean restartsChangedFile() {
        return settings.getString(Settings.FILE_CHANGED).equals("restart");
    }

    int batchSize() {
        return settings.getInt(Settings.BATCH_SIZE);
    }

    long emptyPollWaitMs() {
        return settings.getLong(Settings.EMPTY_POLL_WAIT_MS);
    }

    /**
     * How rows of a file with these columns become records.
     *
     * @throws SettingException when the settings and the columns do not fit
     */
    RowShape shape(List<String> columns) {
        List<String> names = settings.getList(Settings.FIELDS);
        List<FieldSpec> specs = new ArrayList<>();
        boolean declared = !names.isEmpty();
        for (String name : declared ? names : columns) {
            specs.add(spec(name, declared));
        }
        try {
            return new RowShape(
                    columns,
                    specs,
                    settings.getList(Settings.KEY_FIELDS),
                    settings.getString(Settings.TIMESTAMP_FIELD),
                    settings.getString(Settings.NULL_VALUE));
        } catch (IllegalArgumentException e) {
            throw new SettingException(Settings.FIELDS, String.valueOf(e.getMessage()));
        }
    }

    private FieldSpec spec(String name, boolean declared) {
        String prefix = "field." + name + ".";
        if (!declared && !Settings.fieldNames(given).contains(name)) {
            return new FieldSpec(name, name, FieldType.of("string", null), nullsByDefault(), null, "");
        }
        String column = settings.getString(prefix + "column");
        Boolean optional = settings.getBoolean(prefix + "optional");
        FieldSpec spec = new FieldSpec(
                name,
                column == null ? name : column,
                type(prefix),
                optional == null ? nullsByDefault() : optional,
                settings.getString(prefix + "default"),
                settings.getString(prefix + "strip"));
        if (spec.column().isEmpty() && spec.defaultText() == null && !spec.optional()) {
            throw new SettingException(
                    prefix + "column",
                    "without a column, the field needs " + prefix + "default or " + prefix + "optional=true");
        }
        return spec;
    }

    private FieldType type(String prefix) {
        String type = settings.getString(prefix + "type");
        String format = settings.getString(prefix + "format");
        TimeFormat time = null;
        if (format != null) {
            try {
                // A day is a day in its own zone: moving it to another one would change it.
                time = TimeFormat.of(format, type.equals("date") ? ZoneOffset.UTC : zone);
            } catch (IllegalArgumentException e) {
                throw new SettingException(
                        prefix + "format",
                        "'" + format + "' is neither epoch-ms, epoch-s, snowflake, iso-8601 nor a pattern: "
                                + e.getMessage());
            }
        }
        try {
            return FieldType.of(type, time);
        } catch (IllegalArgumentException e) {
            throw new SettingException(prefix + "type", "'" + type + "': " + e.getMessage());
        }
    }

    private boolean nullsByDefault() {
        return dialect.nulls() != CsvDialect.NullIndicator.NEITHER || settings.getString(Settings.NULL_VALUE) != null;
    }

    private void requireKnownFieldSettings() {
        Map<String, ConfigDef.ConfigKey> known = Settings.definition(given).configKeys();
        List<String> declared = settings.getList(Settings.FIELDS);
        for (String key : given.keySet()) {
            if (!key.startsWith("field.")) {
                continue;
            }
            if (!known.containsKey(key)) {
                throw new SettingException(
                        key, "unknown; a field has the settings column, type, format, optional, default and strip");
            }
            var matcher = Settings.FIELD_SETTING.matcher(key);
            if (matcher.matches() && !declared.isEmpty() && !declared.contains(matcher.group(1))) {
                throw new SettingException(
                        key, "'" + matcher.group(1) + "' is not among fields=" + String.join(",", declared));
            }
        }
    }

    private CsvDialect dialect() {
        String name = settings.getString(Settings.CHARSET);
        Charset charset;
        try {
            charset = Charset.forName(name);
        } catch (IllegalArgumentException e) {
            throw new SettingException(
                    Settings.CHARSET,
                    "no charset '" + name + "'; well-known ones are UTF-8, ISO-8859-1 and windows-1252");
        }
        int separator = character(Settings.SEPARATOR);
        if (separator == CsvDialect.NONE) {
            throw new SettingException(Settings.SEPARATOR, "there must be one");
        }
        int quote = character(Settings.QUOTE);
        int escape = character(Settings.ESCAPE);
        try {
            return new CsvDialect(
                    (char) separator,
                    quote,
                    escape,
                    charset,
                    CsvDialect.NullIndicator.valueOf(
                            settings.getString(Settings.NULL_INDICATOR).toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException e) {
            String reason = String.valueOf(e.getMessage());
            throw new SettingException(reason.startsWith("charset") ? Settings.CHARSET : Settings.SEPARATOR, reason);
        }
    }

    private int character(String setting) {
        String text = settings.getString(setting);
        if (text.isEmpty()) {
            return CsvDialect.NONE;
        }
        if (text.chars().allMatch(c -> c >= '0' && c <= '9') && text.length() <= 3) {
            int code = Integer.parseInt(text);
            return code == 0 ? CsvDialect.NONE : code;
        }
        if (text.length() == 1) {
            return text.charAt(0);
        }
        if (text.equals("\\t")) {
            return '\t';
        }
        throw new SettingException(setting, "'" + text + "' is neither one character nor the decimal code of one");
    }

    private MalformedRows malformedRows() {
        String setting = settings.getString(Settings.MALFORMED_ROWS);
        if (setting == null) {
            return settings.getBoolean(Settings.HALT_ON_ERROR) ? MalformedRows.FAIL : MalformedRows.SKIP;
        }
        return MalformedRows.of(setting);
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new SettingException(
                    Settings.TIMEZONE, "no time zone '" + name + "'; take one such as UTC, Europe/Berlin or +02:00");
        }
    }

    private static Pattern filePattern(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException e) {
            throw new SettingException(Settings.INPUT_FILE_PATTERN, "not a regular expression: " + e.getDescription());
        }
    }
}
