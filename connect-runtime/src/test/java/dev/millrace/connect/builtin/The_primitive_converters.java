package dev.millrace.connect.builtin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.stream.Stream;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.storage.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class The_primitive_converters {

    static Stream<Arguments> converters() {
        return Stream.of(
                Arguments.of(new ShortConverter(), (short) 7, Schema.OPTIONAL_INT16_SCHEMA, 2),
                Arguments.of(new IntegerConverter(), 7, Schema.OPTIONAL_INT32_SCHEMA, 4),
                Arguments.of(new LongConverter(), 7L, Schema.OPTIONAL_INT64_SCHEMA, 8),
                Arguments.of(new FloatConverter(), 7.5f, Schema.OPTIONAL_FLOAT32_SCHEMA, 4),
                Arguments.of(new DoubleConverter(), 7.5, Schema.OPTIONAL_FLOAT64_SCHEMA, 8),
                Arguments.of(new BooleanConverter(), true, Schema.OPTIONAL_BOOLEAN_SCHEMA, 1));
    }

    @ParameterizedTest
    @MethodSource("converters")
    void write_and_read_the_form_of_kafkas_serializers(Converter converter, Object value, Schema schema, int size) {
        byte[] bytes = converter.fromConnectData("t", schema, value);

        assertThat(bytes).hasSize(size);
        assertThat(converter.toConnectData("t", bytes)).isEqualTo(new SchemaAndValue(schema, value));
    }

    @ParameterizedTest
    @MethodSource("converters")
    void pass_nothing_as_nothing(Converter converter, Object value, Schema schema, int size) {
        assertThat(converter.fromConnectData("t", schema, null)).isNull();
        assertThat(converter.toConnectData("t", null).value()).isNull();
    }

    @ParameterizedTest
    @MethodSource("converters")
    void refuse_other_types_and_broken_bytes(Converter converter, Object value, Schema schema, int size) {
        assertThatThrownBy(() -> converter.fromConnectData("t", null, "text")).isInstanceOf(DataException.class);
        assertThatThrownBy(() -> converter.toConnectData("t", new byte[11])).isInstanceOf(DataException.class);
    }

    @Test
    void leave_bytes_as_they_are() {
        ByteArrayConverter converter = new ByteArrayConverter();
        byte[] bytes = {1, 2, 3};

        assertThat(converter.fromConnectData("t", Schema.BYTES_SCHEMA, bytes)).isSameAs(bytes);
        assertThat(converter.fromConnectData("t", null, ByteBuffer.wrap(bytes))).isEqualTo(bytes);
        assertThat(converter.toConnectData("t", bytes))
                .isEqualTo(new SchemaAndValue(Schema.OPTIONAL_BYTES_SCHEMA, bytes));
        assertThatThrownBy(() -> converter.fromConnectData("t", Schema.STRING_SCHEMA, "text"))
                .isInstanceOf(DataException.class);
    }
}
