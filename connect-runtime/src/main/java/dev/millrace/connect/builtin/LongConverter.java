package dev.millrace.connect.builtin;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.connect.data.Schema;

/** See {@link PrimitiveConverter}. */
public final class LongConverter extends PrimitiveConverter<Long> {
    public LongConverter() {
        super(Long.class, Schema.OPTIONAL_INT64_SCHEMA, Serdes.Long());
    }
}
