package dev.millrace.broker.coordinator.group.offset;

import static dev.millrace.broker.coordinator.group.shard.HexRecords.assertEncoded;
import static dev.millrace.broker.coordinator.group.shard.HexRecords.bytes;
import static dev.millrace.broker.coordinator.group.shard.HexRecords.decode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.coordinator.group.CommittedOffset;
import dev.millrace.broker.coordinator.group.shard.GroupEventCodec;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected bytes were written by the generated classes of Apache Kafka 4.3.1. */
final class The_records_of_offsets {

    private static final String OFFSET_KEY = "000100066f7264657273000374c3a900000007";
    private static final String LEGACY_OFFSET_KEY = "000000066f7264657273000374c3a900000007";

    private static final String OFFSET_V0 = "0000000000000000002a00056dc3a974610000018bcfe56800";
    private static final String OFFSET_V1 = "0001000000000000002a00056dc3a974610000018bcfe568000000018bcfe58f0f";
    private static final String OFFSET_V2 = "0002000000000000002a00056dc3a974610000018bcfe56800";
    private static final String OFFSET_V3 = "0003000000000000002a0000000300056dc3a974610000018bcfe56800";
    private static final String OFFSET_V4 = "0004000000000000002a00000003066dc3a974610000018bcfe5680000";
    private static final String OFFSET_V4_WITH_TOPIC_ID =
            "0004000000000000002a00000003066dc3a974610000018bcfe5680001001000000000000000010000000000000002";

    private static final long AT_MS = 1_700_000_000_000L;
    private static final TopicPartition PARTITION = new TopicPartition("té", 7);
    private static final CommittedOffset OFFSET =
            new CommittedOffset(42, 3, "méta", AT_MS, CommittedOffset.NEVER_EXPIRES, Uuid.ZERO_UUID);

    private final GroupEventCodec codec = new GroupEventCodec();

    private static CommittedOffset offset(int leaderEpoch, long expiresAtMs) {
        return new CommittedOffset(42, leaderEpoch, "méta", AT_MS, expiresAtMs, Uuid.ZERO_UUID);
    }

    @Nested
    class write {

        @Test
        void a_committed_offset_as_version_4() {
            assertEncoded(new OffsetCommitted("orders", PARTITION, OFFSET, null), OFFSET_KEY, OFFSET_V4);
        }

        @Test
        void the_topics_id_if_it_is_known() {
            CommittedOffset offset = new CommittedOffset(42, 3, "méta", AT_MS, -1, new Uuid(1, 2));

            assertEncoded(new OffsetCommitted("orders", PARTITION, offset, null), OFFSET_KEY, OFFSET_V4_WITH_TOPIC_ID);
        }

        @Test
        void an_offset_with_a_retention_of_its_own_as_version_1() {
            assertEncoded(
                    new OffsetCommitted("orders", PARTITION, offset(3, AT_MS + 9_999), null), OFFSET_KEY, OFFSET_V1);
        }

        @Test
        void an_offset_in_a_transaction_under_its_producer() {
            ShardRecord.Producer producer = new ShardRecord.Producer(9, (short) 1);

            ShardRecord encoded = codec.encode(new OffsetCommitted("orders", PARTITION, OFFSET, producer));

            assertThat(encoded.producer()).isEqualTo(producer);
        }

        @Test
        void a_tombstone_of_an_offset() {
            assertEncoded(new OffsetForgotten("orders", PARTITION), OFFSET_KEY, null);
        }

        @Test
        void nothing_of_the_end_of_a_transaction_which_has_a_marker() {
            assertThat(codec.encode(new TransactionEnded(1, true))).isNull();
        }
    }

    @Nested
    class read {

        @ParameterizedTest
        @CsvSource({
            OFFSET_V0 + ", -1, -1",
            OFFSET_V1 + ", -1, 1700000009999",
            OFFSET_V2 + ", -1, -1",
            OFFSET_V3 + ", 3, -1",
            OFFSET_V4 + ", 3, -1"
        })
        void committed_offsets_of_every_version(String value, int leaderEpoch, long expiresAtMs) {
            assertThat(decode(OFFSET_KEY, value))
                    .isEqualTo(new OffsetCommitted("orders", PARTITION, offset(leaderEpoch, expiresAtMs), null));
        }

        @Test
        void the_topics_id() {
            assertThat(decode(OFFSET_KEY, OFFSET_V4_WITH_TOPIC_ID))
                    .isInstanceOfSatisfying(OffsetCommitted.class, committed -> assertThat(
                                    committed.offset().topicId())
                            .isEqualTo(new Uuid(1, 2)));
        }

        @Test
        void offsets_under_the_key_of_before_Kafka_0_9() {
            assertThat(decode(LEGACY_OFFSET_KEY, OFFSET_V3))
                    .isEqualTo(new OffsetCommitted("orders", PARTITION, OFFSET, null));
        }

        @Test
        void whose_transaction_an_offset_belongs_to() {
            ShardRecord.Producer producer = new ShardRecord.Producer(9, (short) 1);

            assertThat(codec.decode(ByteBuffer.wrap(bytes(OFFSET_KEY)), ByteBuffer.wrap(bytes(OFFSET_V4)), producer))
                    .isEqualTo(new OffsetCommitted("orders", PARTITION, OFFSET, producer));
        }

        @Test
        void tombstones() {
            assertThat(decode(OFFSET_KEY, null)).isEqualTo(new OffsetForgotten("orders", PARTITION));
        }

        @Test
        void nothing_of_other_kinds() {
            assertThat(decode("000b000567726f7570", "0000")).isNull();
            assertThat(decode("7fff", "0000")).isNull();
        }

        @Test
        void no_versions_of_the_future() {
            assertThatThrownBy(() -> decode(OFFSET_KEY, "0005"))
                    .isInstanceOf(UnsupportedVersionException.class)
                    .hasMessage("A committed offset record of version 5; versions up to 4 can be read.");
        }

        @Test
        void from_a_buffer_that_they_leave_as_it_was() {
            ByteBuffer key = ByteBuffer.wrap(bytes(OFFSET_KEY));

            codec.decode(key, null, null);

            assertThat(key.position()).isZero();
        }

        @Test
        void how_a_transaction_ended() {
            assertThat(codec.transactionEnded(new ShardRecord.Producer(9, (short) 1), true))
                    .isEqualTo(new TransactionEnded(9, true));
        }
    }
}
