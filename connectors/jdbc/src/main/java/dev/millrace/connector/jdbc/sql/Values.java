package dev.millrace.connector.jdbc.sql;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.jspecify.annotations.Nullable;

/**
 * Connect's values as a driver takes them. Moments become local times of one zone: a driver that is given an instant would use
 * the zone of the machine.
 */
// Connect's logical types are java.util.Date by contract.
@SuppressWarnings("JavaUtilDate")
final class Values {

    private final ZoneId zone;

    /** @param zone in which moments are stored */
    Values(ZoneId zone) {
        this.zone = zone;
    }

    /** @param value of the schema */
    @Nullable
    Object ofSchema(Schema schema, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        if (value instanceof java.util.Date date) {
            Instant instant = Instant.ofEpochMilli(date.getTime());
            return switch (String.valueOf(schema.name())) {
                case Date.LOGICAL_NAME -> LocalDate.ofInstant(instant, ZoneOffset.UTC);
                case Time.LOGICAL_NAME -> LocalTime.ofInstant(instant, ZoneOffset.UTC);
                default -> LocalDateTime.ofInstant(instant, zone);
            };
        }
        if (value instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.remaining()];
            buffer.duplicate().get(bytes);
            return bytes;
        }
        return value;
    }

    /**
     * A value that came without a schema, as one of the schema: a JSON number may be any number, a JSON string a time.
     *
     * @throws RowException when it does not fit; nothing is rounded
     */
    @Nullable
    Object withoutSchema(Schema schema, @Nullable Object value) throws RowException {
        if (value == null) {
            if (!schema.isOptional()) {
                throw new RowException("is null");
            }
            return null;
        }
        try {
            return fitted(schema, value);
        } catch (ArithmeticException | IllegalArgumentException | DateTimeException e) {
            throw new RowException("is no " + described(schema));
        }
    }

    private Object fitted(Schema schema, Object value) throws RowException {
        switch (String.valueOf(schema.name())) {
            case Date.LOGICAL_NAME -> {
                return value instanceof String text
                        ? LocalDate.parse(text)
                        : LocalDate.ofEpochDay(decimal(value).longValueExact());
            }
            case Time.LOGICAL_NAME -> {
                return value instanceof String text
                        ? LocalTime.parse(text)
                        : LocalTime.ofNanoOfDay(
                                Math.multiplyExact(decimal(value).longValueExact(), 1_000_000L));
            }
            case Timestamp.LOGICAL_NAME -> {
                return LocalDateTime.ofInstant(
                        value instanceof String text
                                ? Instant.parse(text)
                                : Instant.ofEpochMilli(decimal(value).longValueExact()),
                        zone);
            }
            case Decimal.LOGICAL_NAME -> {
                return decimal(value)
                        .setScale(Integer.parseInt(schema.parameters().get(Decimal.SCALE_FIELD)));
            }
            default -> {}
        }
        return switch (schema.type()) {
            case INT8 -> decimal(value).byteValueExact();
            case INT16 -> decimal(value).shortValueExact();
            case INT32 -> decimal(value).intValueExact();
            case INT64 -> decimal(value).longValueExact();
            case FLOAT32 -> decimal(value).floatValue();
            case FLOAT64 -> decimal(value).doubleValue();
            case BOOLEAN -> {
                if (value instanceof Boolean) {
                    yield value;
                }
                throw new RowException("is no boolean");
            }
            case STRING -> {
                if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                    yield value.toString();
                }
                throw new RowException("is no string");
            }
            case BYTES -> {
                if (value instanceof byte[]) {
                    yield value;
                }
                throw new RowException("is no bytes");
            }
            default -> throw new RowException("is " + schema.type() + ", which no column can hold");
        };
    }

    private static BigDecimal decimal(Object value) {
        if (value instanceof BigDecimal decimal) {
            return decimal;
        }
        if (value instanceof Number || value instanceof String) {
            return new BigDecimal(value.toString());
        }
        throw new IllegalArgumentException("no number");
    }

    private static String described(Schema schema) {
        return schema.name() == null ? schema.type().getName() : schema.name();
    }
}
