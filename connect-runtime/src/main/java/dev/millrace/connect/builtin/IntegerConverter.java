package dev.millrace.connect.builtin;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.connect.data.Schema;

/** See {@link PrimitiveConverter}. */
public final class IntegerConverter extends PrimitiveConverter<Integer> {
    public IntegerConverter() {
        super(Integer.class, Schema.OPTIONAL_INT32_SCHEMA, Serdes.Integer());
    }
}
