package dev.millrace.connect.builtin;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.connect.data.Schema;

/** See {@link PrimitiveConverter}. */
public final class DoubleConverter extends PrimitiveConverter<Double> {
    public DoubleConverter() {
        super(Double.class, Schema.OPTIONAL_FLOAT64_SCHEMA, Serdes.Double());
    }
}
