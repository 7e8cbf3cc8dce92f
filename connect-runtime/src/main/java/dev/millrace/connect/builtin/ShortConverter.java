package dev.millrace.connect.builtin;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.connect.data.Schema;

/** See {@link PrimitiveConverter}. */
public final class ShortConverter extends PrimitiveConverter<Short> {
    public ShortConverter() {
        super(Short.class, Schema.OPTIONAL_INT16_SCHEMA, Serdes.Short());
    }
}
