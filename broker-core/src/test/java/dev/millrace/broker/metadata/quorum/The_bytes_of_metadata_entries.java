package dev.millrace.broker.metadata.quorum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.PartitionImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;

class The_bytes_of_metadata_entries {

    private static final Uuid ID = new Uuid(1, -2);
    private static final PartitionImage PARTITION = new PartitionImage(3, 2, 7, 9, List.of(2, 300, 1), List.of(2, 1));

    private static final MetadataEntry EVERYTHING = new MetadataEntry(
            5,
            1L << 40,
            List.of(
                    new MetadataEvent.BrokerRegistered(new BrokerImage(
                            1,
                            12,
                            ID,
                            null,
                            List.of(
                                    new BrokerImage.Endpoint("PLAINTEXT", "127.0.0.1", 9092),
                                    new BrokerImage.Endpoint("EXTERNAL", "größe.example", 65535)))),
                    new MetadataEvent.BrokerRegistered(new BrokerImage(2, 13, ID, "rack-ä", List.of())),
                    new MetadataEvent.TopicCreated("orders", ID),
                    new MetadataEvent.TopicDeleted(ID),
                    new MetadataEvent.PartitionAdded(ID, PARTITION),
                    new MetadataEvent.PartitionChanged(ID, new PartitionImage(0, -1, 8, 10, List.of(1), List.of())),
                    new MetadataEvent.ConfigChanged(
                            new ConfigResource(ConfigResource.Type.TOPIC, "orders"), "retention.ms", "5"),
                    new MetadataEvent.ConfigChanged(
                            new ConfigResource(ConfigResource.Type.BROKER, ""), "log.retention.ms", null),
                    new MetadataEvent.ProducerIdsAllocated(1, 1L << 50),
                    new MetadataEvent.FeatureLevelChanged("transaction.version", (short) 2),
                    new MetadataEvent.ClientQuotaChanged(
                            new ClientQuotaEntity(Map.of("user", "u", "client-id", "c")), "producer_byte_rate", 1.5),
                    new MetadataEvent.ClientQuotaChanged(
                            new ClientQuotaEntity(Collections.singletonMap("ip", null)),
                            "connection_creation_rate",
                            null),
                    new MetadataEvent.UserScramCredentialChanged("u", "SCRAM-SHA-256", "salt=x"),
                    new MetadataEvent.UserScramCredentialChanged("u", "SCRAM-SHA-512", null)));

    @Test
    void give_back_what_was_put_in() throws IOException {
        assertThat(MetadataEventCodec.decode(ByteBuffer.wrap(MetadataEventCodec.encode(EVERYTHING))))
                .isEqualTo(EVERYTHING);
    }

    @Test
    void give_back_an_entry_without_events() throws IOException {
        MetadataEntry empty = new MetadataEntry(0, 0, List.of());

        assertThat(MetadataEventCodec.decode(ByteBuffer.wrap(MetadataEventCodec.encode(empty))))
                .isEqualTo(empty);
    }

    @Test
    void stay_as_they_are_from_release_to_release() {
        MetadataEntry entry = new MetadataEntry(1, 2, List.of(new MetadataEvent.TopicCreated("ab", new Uuid(1, 2))));

        assertThat(MetadataEventCodec.encode(entry))
                .containsExactly(
                        0x4D, 2, 4, 1, // magic, controller epoch, image version, one event
                        2, 0, 19, // kind, version, length
                        2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2);
    }

    @Test
    void are_refused_when_they_are_not_ours() {
        assertThatThrownBy(() -> MetadataEventCodec.decode(ByteBuffer.wrap(new byte[] {1, 12, 0, 0})))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not written by Millrace");
    }

    @Test
    void are_refused_when_a_later_release_wrote_them() {
        byte[] newerVersion = {0x4D, 0, 0, 1, 2, 1, 0};
        byte[] newerKind = {0x4D, 0, 0, 1, 99, 0, 0};

        assertThatThrownBy(() -> MetadataEventCodec.decode(ByteBuffer.wrap(newerVersion)))
                .hasMessageContaining("later release");
        assertThatThrownBy(() -> MetadataEventCodec.decode(ByteBuffer.wrap(newerKind)))
                .hasMessageContaining("later release");
    }

    @Test
    void are_refused_when_they_end_too_early() {
        byte[] bytes = MetadataEventCodec.encode(EVERYTHING);

        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> MetadataEventCodec.decode(cut)).isInstanceOf(IOException.class);
        }
    }
}
