package dev.millrace.connector.csv.row;

import java.math.BigDecimal;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * What a column's text becomes: a Connect schema and the way to a value of it.
 *
 * @param name    as the setting has it
 * @param builder of a fresh schema, not optional
 * @param parse   text, stripped of white space around it unless it is a string, to value
 */
// Connect's logical types are java.util.Date by contract.
@SuppressWarnings("JavaUtilDate")
public record FieldType(String name, Supplier<SchemaBuilder> builder, Parse parse) {

    /** The types that the setting takes. */
    public static final String NAMES =
            "string, int8, int16, int32, int64, float32, float64, boolean, decimal(SCALE), date, timestamp";

    /** Text to value. */
    @FunctionalInterface
    public interface Parse {
        Object value(String text) throws MalformedRowException;
    }

    /**
     * @param time how the column writes a moment; null when it holds none. With one, {@code int64} is milliseconds since
     *             the epoch.
     * @throws IllegalArgumentException for an unknown name, or a type that can't hold a moment
     */
    public static FieldType of(String name, @Nullable TimeFormat time) {
        String type = name.toLowerCase(Locale.ROOT).strip();
        if (time != null) {
            return switch (type) {
                case "int64" -> new FieldType(type, SchemaBuilder::int64, time::epochMs);
                case "timestamp" -> new FieldType(type, Timestamp::builder, text -> new Date(time.epochMs(text)));
                case "date" ->
                    new FieldType(type, org.apache.kafka.connect.data.Date::builder, text -> day(time.epochMs(text)));
                default -> throw new IllegalArgumentException("a field with a format must be int64, timestamp or date");
            };
        }
        if (type.startsWith("decimal(") && type.endsWith(")")) {
            int scale = Integer.parseInt(
                    type.substring("decimal(".length(), type.length() - 1).strip());
            return new FieldType(
                    type, () -> Decimal.builder(scale), numeric(type, text -> new BigDecimal(text).setScale(scale)));
        }
        return switch (type) {
            case "string" -> new FieldType(type, SchemaBuilder::string, text -> text);
            case "int8" -> new FieldType(type, SchemaBuilder::int8, numeric(type, Byte::valueOf));
            case "int16" -> new FieldType(type, SchemaBuilder::int16, numeric(type, Short::valueOf));
            case "int32" -> new FieldType(type, SchemaBuilder::int32, numeric(type, Integer::valueOf));
            case "int64" -> new FieldType(type, SchemaBuilder::int64, numeric(type, Long::valueOf));
            case "float32" -> new FieldType(type, SchemaBuilder::float32, numeric(type, Float::valueOf));
            case "float64" -> new FieldType(type, SchemaBuilder::float64, numeric(type, Double::valueOf));
            case "boolean" -> new FieldType(type, SchemaBuilder::bool, FieldType::truth);
            case "timestamp", "date" ->
                of(type, TimeFormat.of(type.equals("date") ? "uuuu-MM-dd" : "iso-8601", ZoneOffset.UTC));
            default -> throw new IllegalArgumentException("not a type; known are " + NAMES);
        };
    }

    Schema schema(boolean optional) {
        return optional ? builder.get().optional().build() : builder.get().build();
    }

    /** Whether white space around a value means nothing. */
    boolean ignoresSurroundingSpace() {
        return !name.equals("string");
    }

    private static Object truth(String text) throws MalformedRowException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new MalformedRowException("is no boolean");
        };
    }

    /** Connect's Date is the midnight, in UTC, of a day. */
    private static Date day(long epochMs) {
        return new Date(TimeUnit.DAYS.toMillis(Math.floorDiv(epochMs, TimeUnit.DAYS.toMillis(1))));
    }

    private static Parse numeric(String type, Parse parse) {
        return text -> {
            try {
                return parse.value(text);
            } catch (ArithmeticException | NumberFormatException e) {
                throw new MalformedRowException("is no " + type);
            }
        };
    }
}
