package dev.millrace.broker.coordinator.transaction;

import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_EPOCH;
import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_ID;

import dev.millrace.broker.machine.EventCodec;
import dev.millrace.broker.machine.ShardRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.ArrayOf;
import org.apache.kafka.common.protocol.types.CompactArrayOf;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code __transaction_state}: Apache Kafka's TransactionLogKey, and TransactionLogValue in versions 0 and 1.
 * Version 1 is written from transaction.version 1 on, version 0 before; both are read. Any thread.
 */
public final class TransactionCodec implements EventCodec<TransactionEvent> {

    private static final short KEY_VERSION = 0;

    private static final String ID = "transactional_id";
    private static final String PRODUCER_ID = "producer_id";
    private static final String PRODUCER_EPOCH = "producer_epoch";
    private static final String TIMEOUT_MS = "transaction_timeout_ms";
    private static final String STATUS = "transaction_status";
    private static final String PARTITIONS = "transaction_partitions";
    private static final String TOPIC = "topic";
    private static final String PARTITION_IDS = "partition_ids";
    private static final String UPDATED_MS = "transaction_last_update_timestamp_ms";
    private static final String STARTED_MS = "transaction_start_timestamp_ms";
    private static final String TAGGED = "_tagged_fields";

    private static final int TAG_PREVIOUS_PRODUCER_ID = 0;
    private static final int TAG_NEXT_PRODUCER_ID = 1;
    private static final int TAG_CLIENT_VERSION = 2;
    private static final int TAG_NEXT_PRODUCER_EPOCH = 3;

    private static final Schema KEY = new Schema(new Field(ID, Type.STRING));

    private static final Schema TOPIC_0 =
            new Schema(new Field(TOPIC, Type.STRING), new Field(PARTITION_IDS, new ArrayOf(Type.INT32)));

    private static final Schema VALUE_0 = new Schema(
            new Field(PRODUCER_ID, Type.INT64),
            new Field(PRODUCER_EPOCH, Type.INT16),
            new Field(TIMEOUT_MS, Type.INT32),
            new Field(STATUS, Type.INT8),
            new Field(PARTITIONS, ArrayOf.nullable(TOPIC_0)),
            new Field(UPDATED_MS, Type.INT64),
            new Field(STARTED_MS, Type.INT64));

    private static final Schema TOPIC_1 = new Schema(
            new Field(TOPIC, Type.COMPACT_STRING),
            new Field(PARTITION_IDS, new CompactArrayOf(Type.INT32)),
            Field.TaggedFieldsSection.of());

    private static final Schema VALUE_1 = new Schema(
            new Field(PRODUCER_ID, Type.INT64),
            new Field(PRODUCER_EPOCH, Type.INT16),
            new Field(TIMEOUT_MS, Type.INT32),
            new Field(STATUS, Type.INT8),
            new Field(PARTITIONS, CompactArrayOf.nullable(TOPIC_1)),
            new Field(UPDATED_MS, Type.INT64),
            new Field(STARTED_MS, Type.INT64),
            Field.TaggedFieldsSection.of(
                    TAG_PREVIOUS_PRODUCER_ID, new Field("previous_producer_id", Type.INT64),
                    TAG_NEXT_PRODUCER_ID, new Field("next_producer_id", Type.INT64),
                    TAG_CLIENT_VERSION, new Field("client_transaction_version", Type.INT16),
                    TAG_NEXT_PRODUCER_EPOCH, new Field("next_producer_epoch", Type.INT16)));

    private static final Schema[] VALUES = {VALUE_0, VALUE_1};

    private final IntSupplier transactionVersion;

    /** @param transactionVersion the finalized level of transaction.version */
    public TransactionCodec(IntSupplier transactionVersion) {
        this.transactionVersion = transactionVersion;
    }

    @Override
    public @Nullable ShardRecord encode(TransactionEvent event) {
        if (event instanceof TransactionEvent.StateEntered entered) {
            return ShardRecord.of(key(event.transactionalId()), value(entered.state()));
        }
        return event instanceof TransactionEvent.Expired ? ShardRecord.of(key(event.transactionalId()), null) : null;
    }

    private static byte[] key(String transactionalId) {
        return bytes(KEY_VERSION, new Struct(KEY).set(ID, transactionalId));
    }

    private byte[] value(TransactionState state) {
        TransactionalProducer producer = state.producer();
        // A client may speak 2 already, or still, in a cluster at 0: then there is something to say that 0 has no room
        // for.
        boolean flexible = transactionVersion.getAsInt() >= TransactionVersions.FLEXIBLE_RECORDS
                || TransactionVersions.raisesEpoch(producer.clientVersion());
        short version = (short) (flexible ? 1 : 0);
        Struct value = new Struct(VALUES[version])
                .set(PRODUCER_ID, producer.id())
                .set(PRODUCER_EPOCH, producer.epoch())
                .set(TIMEOUT_MS, producer.timeoutMs())
                .set(STATUS, state.status().code())
                .set(PARTITIONS, state instanceof TransactionState.Empty ? null : topics(state.partitions(), flexible))
                .set(UPDATED_MS, state.updatedMs())
                .set(STARTED_MS, state.startedMs());
        return bytes(version, flexible ? value.set(TAGGED, tagged(producer)) : value);
    }

    private static Object[] topics(Set<TopicPartition> partitions, boolean flexible) {
        Map<String, List<Integer>> byTopic = new TreeMap<>();
        for (TopicPartition partition : partitions) {
            byTopic.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(partition.partition());
        }
        List<Struct> topics = new ArrayList<>(byTopic.size());
        byTopic.forEach((topic, ids) -> {
            Struct struct =
                    new Struct(flexible ? TOPIC_1 : TOPIC_0).set(TOPIC, topic).set(PARTITION_IDS, ids.toArray());
            topics.add(flexible ? struct.set(TAGGED, new TreeMap<Integer, Object>()) : struct);
        });
        return topics.toArray();
    }

    /** A tagged field stands in the record only where it says something. */
    private static NavigableMap<Integer, Object> tagged(TransactionalProducer producer) {
        NavigableMap<Integer, Object> tagged = new TreeMap<>();
        if (producer.previousId() != NO_ID) {
            tagged.put(TAG_PREVIOUS_PRODUCER_ID, producer.previousId());
        }
        if (producer.next().id() != NO_ID) {
            tagged.put(TAG_NEXT_PRODUCER_ID, producer.next().id());
        }
        if (producer.clientVersion() != 0) {
            tagged.put(TAG_CLIENT_VERSION, producer.clientVersion());
        }
        if (producer.next().epoch() > 0) {
            tagged.put(TAG_NEXT_PRODUCER_EPOCH, producer.next().epoch());
        }
        return tagged;
    }

    private static byte[] bytes(short version, Struct struct) {
        ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES + struct.sizeOf());
        buffer.putShort(version);
        struct.writeTo(buffer);
        return buffer.array();
    }

    @Override
    public @Nullable TransactionEvent decode(
            ByteBuffer key, @Nullable ByteBuffer value, ShardRecord.@Nullable Producer producer) {
        if (key.getShort() != KEY_VERSION) {
            return null;
        }
        String transactionalId = KEY.read(key).getString(ID);
        if (value == null) {
            return new TransactionEvent.Expired(transactionalId);
        }
        short version = value.getShort();
        if (version < 0 || version >= VALUES.length) {
            throw new IllegalStateException("The state of transactional id " + transactionalId + " is in version "
                    + version + " of TransactionLogValue; known are 0 to " + (VALUES.length - 1));
        }
        TransactionState state = state(version, VALUES[version].read(value));
        return state == null ? null : new TransactionEvent.StateEntered(transactionalId, state);
    }

    private static @Nullable TransactionState state(short version, Struct value) {
        TransactionalProducer producer = producer(version, value);
        Set<TopicPartition> partitions = partitions(value);
        long updatedMs = value.getLong(UPDATED_MS);
        long startedMs = value.getLong(STARTED_MS);
        TransactionStatus status =
                TransactionStatus.ofCode((byte) value.get(STATUS)).orElse(TransactionStatus.DEAD);
        return switch (status) {
            case EMPTY -> new TransactionState.Empty(producer, updatedMs);
            case ONGOING -> new TransactionState.Ongoing(producer, partitions, startedMs, updatedMs);
            case PREPARE_COMMIT -> new TransactionState.PrepareCommit(producer, partitions, startedMs, updatedMs);
            case PREPARE_ABORT -> new TransactionState.PrepareAbort(producer, partitions, startedMs, updatedMs);
            case COMPLETE_COMMIT -> new TransactionState.CompleteCommit(producer, startedMs, updatedMs);
            case COMPLETE_ABORT -> new TransactionState.CompleteAbort(producer, startedMs, updatedMs);
            // States that pass before they are written.
            case DEAD, PREPARE_EPOCH_FENCE -> null;
        };
    }

    private static TransactionalProducer producer(short version, Struct value) {
        NavigableMap<Integer, Object> tagged = version == 0 ? new TreeMap<>() : taggedFields(value);
        long nextId = (long) tagged.getOrDefault(TAG_NEXT_PRODUCER_ID, NO_ID);
        short nextEpoch = nextId == NO_ID ? NO_EPOCH : (short) tagged.getOrDefault(TAG_NEXT_PRODUCER_EPOCH, (short) 0);
        return new TransactionalProducer(
                value.getLong(PRODUCER_ID),
                value.getShort(PRODUCER_EPOCH),
                NO_EPOCH,
                (long) tagged.getOrDefault(TAG_PREVIOUS_PRODUCER_ID, NO_ID),
                value.getInt(TIMEOUT_MS),
                new ProducerIdAndEpoch(nextId, nextEpoch),
                (short) tagged.getOrDefault(TAG_CLIENT_VERSION, (short) 0));
    }

    @SuppressWarnings("unchecked") // what a tagged section is read as
    private static NavigableMap<Integer, Object> taggedFields(Struct value) {
        return (NavigableMap<Integer, Object>) value.get(TAGGED);
    }

    private static Set<TopicPartition> partitions(Struct value) {
        Object[] topics = value.getArray(PARTITIONS);
        Set<TopicPartition> partitions = new HashSet<>();
        if (topics != null) {
            for (Object topic : topics) {
                Struct struct = (Struct) topic;
                for (Object id : struct.getArray(PARTITION_IDS)) {
                    partitions.add(new TopicPartition(struct.getString(TOPIC), (int) id));
                }
            }
        }
        return partitions;
    }

    /** No offsets are committed to this topic: it never holds transactions. */
    @Override
    public @Nullable TransactionEvent transactionEnded(ShardRecord.Producer producer, boolean committed) {
        return null;
    }
}
