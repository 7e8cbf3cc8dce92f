package dev.millrace.broker.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The bytes are what kafka-transaction-coordinator 4.3.1 writes for the same states. */
class The_transaction_state_log {

    private static final String KEY = "0000" + "0008" + "6f72646572732d31";
    private static final long STARTED_MS = 1_700_000_000_001L;
    private static final long UPDATED_MS = 1_700_000_000_123L;
    private static final Set<TopicPartition> PARTITION = Set.of(new TopicPartition("t", 0));

    private final TransactionCodec codec = new TransactionCodec(() -> TransactionVersions.EPOCH_BUMP);

    private static TransactionalProducer producer(long previousId) {
        return new TransactionalProducer(
                4000, (short) 3, (short) -1, previousId, 60_000, ProducerIdAndEpoch.NONE, (short) 0);
    }

    private String value(TransactionState state) {
        ShardRecord record = codec.encode(new TransactionEvent.StateEntered("orders-1", state));
        assertThat(HexFormat.of().formatHex(record.key())).isEqualTo(KEY);
        return HexFormat.of().formatHex(record.value());
    }

    private TransactionState read(String value) {
        TransactionEvent event = codec.decode(bytes(KEY), bytes(value), null);
        assertThat(event.transactionalId()).isEqualTo("orders-1");
        return ((TransactionEvent.StateEntered) event).state();
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    }

    private void isWritten(TransactionState state, String value) {
        assertThat(value(state)).isEqualTo(value);
        assertThat(read(value)).isEqualTo(state);
    }

    @Nested
    class holds {

        @Test
        void an_empty_state_without_partitions() {
            isWritten(
                    new TransactionState.Empty(producer(4000), UPDATED_MS),
                    "00010000000000000fa000030000ea6000000000018bcfe5687bffffffffffffffff0100080000000000000fa0");
        }

        @Test
        void a_new_id_without_a_previous_producer() {
            isWritten(
                    new TransactionState.Empty(TransactionalProducer.first(4000, 60_000), UPDATED_MS),
                    "00010000000000000fa000000000ea6000000000018bcfe5687bffffffffffffffff00");
        }

        @Test
        void an_ongoing_transaction() {
            isWritten(
                    new TransactionState.Ongoing(producer(3000), PARTITION, STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea60010202740200000000000000018bcfe5687b0000018bcfe56801"
                            + "0100080000000000000bb8");
        }

        @Test
        void a_transaction_that_is_being_committed() {
            isWritten(
                    new TransactionState.PrepareCommit(producer(3000), PARTITION, STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea60020202740200000000000000018bcfe5687b0000018bcfe56801"
                            + "0100080000000000000bb8");
        }

        @Test
        void a_transaction_that_is_being_aborted() {
            isWritten(
                    new TransactionState.PrepareAbort(producer(3000), PARTITION, STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea60030202740200000000000000018bcfe5687b0000018bcfe56801"
                            + "0100080000000000000bb8");
        }

        @Test
        void a_transaction_that_was_committed() {
            isWritten(
                    new TransactionState.CompleteCommit(producer(3000), STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea6004010000018bcfe5687b0000018bcfe56801" + "0100080000000000000bb8");
        }

        @Test
        void a_transaction_that_was_aborted() {
            isWritten(
                    new TransactionState.CompleteAbort(producer(3000), STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea6005010000018bcfe5687b0000018bcfe56801" + "0100080000000000000bb8");
        }

        @Test
        void what_a_client_of_transaction_version_2_left() {
            TransactionalProducer producer = new TransactionalProducer(
                    4000, (short) 3, (short) -1, 3000, 60_000, new ProducerIdAndEpoch(5000, (short) 0), (short) 2);
            isWritten(
                    new TransactionState.PrepareCommit(producer, PARTITION, STARTED_MS, UPDATED_MS),
                    "00010000000000000fa000030000ea60020202740200000000000000018bcfe5687b0000018bcfe56801"
                            + "0300080000000000000bb8" + "01080000000000001388" + "02020002");
        }

        @Test
        void the_epoch_of_a_next_producer() {
            TransactionalProducer producer = new TransactionalProducer(
                    4000, (short) 3, (short) -1, 3000, 60_000, new ProducerIdAndEpoch(5000, (short) 7), (short) 2);
            TransactionState state = new TransactionState.CompleteCommit(producer, STARTED_MS, UPDATED_MS);

            assertThat(value(state)).endsWith("0302" + "0007");
            assertThat(read(value(state))).isEqualTo(state);
        }

        @Test
        void a_tombstone_for_an_id_that_expired() {
            ShardRecord record = codec.encode(new TransactionEvent.Expired("orders-1"));

            assertThat(HexFormat.of().formatHex(record.key())).isEqualTo(KEY);
            assertThat(record.value()).isNull();
            assertThat(codec.decode(bytes(KEY), null, null)).isEqualTo(new TransactionEvent.Expired("orders-1"));
        }

        @Test
        void nothing_about_what_lives_in_memory_only() {
            assertThat(codec.encode(new TransactionEvent.MarkersDelivered("orders-1", PARTITION)))
                    .isNull();
            assertThat(codec.encode(new TransactionEvent.Unparked("orders-1"))).isNull();
            assertThat(codec.encode(new TransactionEvent.Parked("orders-1", null)))
                    .isNull();
        }
    }

    @Nested
    class is_read {

        @Test
        void with_partitions_of_several_topics_in_any_order() {
            TransactionState state = read("00010000000000000fa000030000ea6001"
                    + "03096163636f756e747303000000000000000100135f5f636f6e73756d65725f6f6666736574730200000011000000"
                    + "018bcfe5687b0000018bcfe56801" + "0100080000000000000bb8");

            assertThat(state.partitions())
                    .containsExactlyInAnyOrder(
                            new TopicPartition("accounts", 0),
                            new TopicPartition("accounts", 1),
                            new TopicPartition("__consumer_offsets", 17));
            assertThat(read(value(state))).isEqualTo(state);
        }

        @Test
        void in_version_0_as_well() {
            assertThat(read("00000000000000000fa000030000ea6000ffffffff0000018bcfe5687bffffffffffffffff"))
                    .isEqualTo(new TransactionState.Empty(producer(-1), UPDATED_MS));
            assertThat(read("00000000000000000fa000030000ea60020000000100017400000001000000000000018bcfe5687b"
                            + "0000018bcfe56801"))
                    .isEqualTo(new TransactionState.PrepareCommit(producer(-1), PARTITION, STARTED_MS, UPDATED_MS));
        }

        @Test
        void past_keys_of_an_unknown_version() {
            assertThat(codec.decode(bytes("0007" + "00"), null, null)).isNull();
        }

        @Test
        void past_states_that_are_never_written() {
            assertThat(codec.decode(
                            bytes(KEY),
                            bytes("00010000000000000fa000030000ea6006010000018bcfe5687b0000018bcfe5680100"),
                            null))
                    .isNull();
        }

        @Test
        void not_beyond_a_value_whose_version_is_unknown() {
            assertThatThrownBy(() -> codec.decode(bytes(KEY), bytes("0009"), null))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("orders-1")
                    .hasMessageContaining("9");
        }
    }

    @Test
    void has_no_transactions_of_its_own() {
        assertThat(codec.transactionEnded(new ShardRecord.Producer(1, (short) 0), true))
                .isNull();
    }
}
