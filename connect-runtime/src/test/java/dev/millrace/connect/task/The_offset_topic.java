package dev.millrace.connect.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class The_offset_topic {

    private final OffsetRecords records = new OffsetRecords();

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void holds_offsets_in_the_form_of_kafka_connect() {
        Map<String, Object> partition = new LinkedHashMap<>();
        partition.put("server", "s");
        partition.put("shard", 3);

        assertThat(records.key("orders", partition)).isEqualTo(bytes("[\"orders\",{\"server\":\"s\",\"shard\":3}]"));
        assertThat(records.value("orders", Map.of("position", 12L))).isEqualTo(bytes("{\"position\":12}"));
    }

    @Test
    void holds_a_tombstone_for_a_forgotten_offset() {
        assertThat(records.value("orders", null)).isNull();
    }

    @Test
    void is_read_back() {
        assertThat(records.readKey(bytes("[\"orders\",{\"shard\":3}]")))
                .contains(new OffsetRecords.Partition("orders", Map.of("shard", 3L)));
        assertThat(records.readValue(bytes("{\"position\":12}"))).isEqualTo(Map.of("position", 12L));
    }

    @Test
    void may_hold_keys_that_make_no_sense() {
        assertThat(records.readKey(bytes("orders"))).isEmpty();
        assertThat(records.readKey(bytes("[1,2,3]"))).isEmpty();
        assertThat(records.readKey(bytes("{\"a\":1}"))).isEmpty();
    }

    @Test
    void takes_a_partition_for_the_same_whatever_its_number_types_and_order() {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("a", 1);
        one.put("b", "x");
        Map<String, Object> other = new LinkedHashMap<>();
        other.put("b", "x");
        other.put("a", 1L);

        assertThat(records.normalise("c", one)).isEqualTo(records.normalise("c", other));
    }

    @Test
    void refuses_what_json_cannot_hold() {
        assertThatThrownBy(() -> records.value("orders", Map.of("position", new Object())))
                .isInstanceOf(ConnectException.class)
                .hasMessageContaining("orders");
    }
}
