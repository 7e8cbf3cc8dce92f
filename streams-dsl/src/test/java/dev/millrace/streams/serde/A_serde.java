package dev.millrace.streams.serde;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.millrace.streams.kstream.Window;
import dev.millrace.streams.kstream.Windowed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class A_serde {

    record Point(int x, String name) {}

    @Nested
    class of_JSON {

        private final JsonSerde<Point> serde = JsonSerde.of(Point.class);

        @Test
        void writes_and_reads_a_record() {
            byte[] bytes = serde.serializer().serialize("t", new Point(1, "ü"));
            assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo("{\"x\":1,\"name\":\"ü\"}");
            assertThat(serde.deserializer().deserialize("t", bytes)).isEqualTo(new Point(1, "ü"));
        }

        @Test
        void reads_generic_types() {
            JsonSerde<List<Point>> points = JsonSerde.of(new TypeReference<List<Point>>() {});
            byte[] bytes = "[{\"x\":1},{\"x\":2}]".getBytes(StandardCharsets.UTF_8);
            assertThat(points.deserializer().deserialize("t", bytes))
                    .containsExactly(new Point(1, null), new Point(2, null));
        }

        @Test
        void skips_fields_that_the_type_does_not_know() {
            byte[] bytes = "{\"x\":1,\"more\":[]}".getBytes(StandardCharsets.UTF_8);
            assertThat(serde.deserializer().deserialize("t", bytes)).isEqualTo(new Point(1, null));
        }

        @Test
        void keeps_null() {
            assertThat(serde.serializer().serialize("t", null)).isNull();
            assertThat(serde.deserializer().deserialize("t", null)).isNull();
        }

        @Test
        void says_what_is_wrong_with_other_bytes() {
            byte[] bytes = "{\"x\":".getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> serde.deserializer().deserialize("t", bytes))
                    .isInstanceOf(SerializationException.class)
                    .hasMessageStartingWith("Not the expected JSON");
        }
    }

    @Nested
    class of_windowed_keys {

        private final WindowedSerde<String> serde = new WindowedSerde<>(Serdes.String(), 60_000);

        @Test
        void writes_the_bytes_of_Kafka_Streams() {
            var theirs = WindowedSerdes.timeWindowedSerdeFrom(String.class, 60_000L)
                    .serializer()
                    .serialize(
                            "t",
                            new org.apache.kafka.streams.kstream.Windowed<>("key", new TimeWindow(120_000, 180_000)));
            var ours = serde.serializer().serialize("t", new Windowed<>("key", new Window(120_000, 180_000)));
            assertThat(ours).isEqualTo(theirs);
        }

        @Test
        void reads_what_it_wrote() {
            var key = new Windowed<>("key", new Window(120_000, 180_000));
            assertThat(serde.deserializer().deserialize("t", serde.serializer().serialize("t", key)))
                    .isEqualTo(key);
        }

        @Test
        void keeps_null_and_refuses_what_is_too_short() {
            assertThat(serde.serializer().serialize("t", null)).isNull();
            assertThat(serde.deserializer().deserialize("t", null)).isNull();
            assertThatThrownBy(() -> serde.deserializer().deserialize("t", new byte[7]))
                    .isInstanceOf(SerializationException.class);
        }
    }
}
