package dev.millrace.connect.builtin;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.connect.data.Schema;

/** See {@link PrimitiveConverter}. */
public final class BooleanConverter extends PrimitiveConverter<Boolean> {
    public BooleanConverter() {
        super(Boolean.class, Schema.OPTIONAL_BOOLEAN_SCHEMA, Serdes.Boolean());
    }
}
