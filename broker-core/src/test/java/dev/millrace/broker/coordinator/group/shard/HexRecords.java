package dev.millrace.broker.coordinator.group.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.coordinator.group.GroupEvent;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Records of {@code __consumer_offsets} in hexadecimal digits, to be compared with those of Apache Kafka. */
public final class HexRecords {

    private static final GroupEventCodec CODEC = new GroupEventCodec();

    private HexRecords() {}

    public static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    /** @param value null for a tombstone */
    public static GroupEvent decode(String key, String value) {
        return CODEC.decode(ByteBuffer.wrap(bytes(key)), value == null ? null : ByteBuffer.wrap(bytes(value)), null);
    }

    public static void assertEncoded(GroupEvent event, String key, String value) {
        ShardRecord encoded = CODEC.encode(event);
        assertThat(encoded).isNotNull();
        assertThat(HexFormat.of().formatHex(encoded.key())).isEqualTo(key);
        assertThat(encoded.value() == null ? null : HexFormat.of().formatHex(encoded.value()))
                .isEqualTo(value);
    }
}
