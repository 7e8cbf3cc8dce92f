package dev.millrace.connector.csv.row;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a column writes a moment. Implementations are immutable. */
@FunctionalInterface
public interface TimeFormat {

    /** Twitter's epoch: the millisecond that a snowflake id of zero stands for. */
    long SNOWFLAKE_EPOCH_MS = 1288834974657L;
    /** Machine, data centre and sequence number: what stands below the time in a snowflake id. */
    int SNOWFLAKE_TIME_SHIFT = 22;

    /** Milliseconds since the epoch. */
    long epochMs(String text) throws MalformedRowException;

    /**
     * @param format {@code epoch-ms}, {@code epoch-s}, {@code snowflake}, {@code iso-8601} or a pattern of
     *               {@link DateTimeFormatter}; a date alone means its first moment
     * @param zone   for patterns that have neither zone nor offset
     * @throws IllegalArgumentException when it is none of these
     */
    static TimeFormat of(String format, ZoneId zone) {
        return switch (format) {
            case "epoch-ms" -> text -> number(text, format);
            case "epoch-s" ->
                text -> {
                    try {
                        return Math.multiplyExact(number(text, format), 1000L);
                    } catch (ArithmeticException e) {
                        throw new MalformedRowException("is no time as " + format);
                    }
                };
            case "snowflake" ->
                text -> {
                    long id = number(text, format);
                    if (id < 0) {
                        throw new MalformedRowException("is no time as " + format);
                    }
                    return (id >> SNOWFLAKE_TIME_SHIFT) + SNOWFLAKE_EPOCH_MS;
                };
            case "iso-8601" -> pattern(format, DateTimeFormatter.ISO_DATE_TIME, zone);
            default -> pattern(format, strict(format), zone);
        };
    }

    /** Strict: the 30th of February is an error in the file, not the 28th. */
    private static DateTimeFormatter strict(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                // "yyyy" is a year of an era, which strict resolving wants to be told.
                .parseDefaulting(ChronoField.ERA, 1)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    private static TimeFormat pattern(String name, DateTimeFormatter formatter, ZoneId defaultZone) {
        return text -> {
            try {
                TemporalAccessor parsed = formatter.parse(text);
                @Nullable LocalDate date = parsed.query(TemporalQueries.localDate());
                @Nullable LocalTime time = parsed.query(TemporalQueries.localTime());
                @Nullable ZoneId zone = parsed.query(TemporalQueries.zone());
                if (date == null) {
                    throw new MalformedRowException("is no time as " + name);
                }
                return LocalDateTime.of(date, time == null ? LocalTime.MIDNIGHT : time)
                        .atZone(zone == null ? defaultZone : zone)
                        .toInstant()
                        .toEpochMilli();
            } catch (DateTimeException | ArithmeticException e) {
                throw new MalformedRowException("is no time as " + name);
            }
        };
    }

    private static long number(String text, String format) throws MalformedRowException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new MalformedRowException("is no time as " + format);
        }
    }
}
