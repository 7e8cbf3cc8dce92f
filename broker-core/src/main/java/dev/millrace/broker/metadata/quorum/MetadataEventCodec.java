package dev.millrace.broker.metadata.quorum;

import static dev.millrace.broker.metadata.quorum.EventFields.readCount;
import static dev.millrace.broker.metadata.quorum.EventFields.readInt;
import static dev.millrace.broker.metadata.quorum.EventFields.readInts;
import static dev.millrace.broker.metadata.quorum.EventFields.readLong;
import static dev.millrace.broker.metadata.quorum.EventFields.readNullableString;
import static dev.millrace.broker.metadata.quorum.EventFields.readString;
import static dev.millrace.broker.metadata.quorum.EventFields.readUuid;
import static dev.millrace.broker.metadata.quorum.EventFields.writeCount;
import static dev.millrace.broker.metadata.quorum.EventFields.writeInt;
import static dev.millrace.broker.metadata.quorum.EventFields.writeInts;
import static dev.millrace.broker.metadata.quorum.EventFields.writeLong;
import static dev.millrace.broker.metadata.quorum.EventFields.writeNullableString;
import static dev.millrace.broker.metadata.quorum.EventFields.writeString;
import static dev.millrace.broker.metadata.quorum.EventFields.writeUuid;

import dev.millrace.broker.metadata.BrokerImage;
import dev.millrace.broker.metadata.MetadataEntry;
import dev.millrace.broker.metadata.MetadataEvent;
import dev.millrace.broker.metadata.PartitionImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/**
 * The bytes of metadata entries. An entry is a magic byte, the controller epoch, the image version, and the events; an
 * event is its kind, its version, its length, and its fields.
 *
 * <p>A later release adds fields at the end of an event under a higher version, and reads lower versions with their
 * defaults. A kind or version that is not known is an error: to skip it would make another image than the others have.
 * Stateless; any thread.
 */
final class MetadataEventCodec {

    /** Tells our entries from Apache Kafka's, which begin with 0 or 1. */
    private static final byte MAGIC = 0x4D;

    private static final int BROKER_REGISTERED = 1;
    private static final int TOPIC_CREATED = 2;
    private static final int TOPIC_DELETED = 3;
    private static final int PARTITION_ADDED = 4;
    private static final int PARTITION_CHANGED = 5;
    private static final int CONFIG_CHANGED = 6;
    private static final int PRODUCER_IDS_ALLOCATED = 7;
    private static final int FEATURE_LEVEL_CHANGED = 8;
    private static final int CLIENT_QUOTA_CHANGED = 20;
    private static final int USER_SCRAM_CREDENTIAL_CHANGED = 21;

    private static final int VERSION = 0;

    private MetadataEventCodec() {}

    static byte[] encode(MetadataEntry entry) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(MAGIC);
            writeInt(out, entry.controllerEpoch());
            writeLong(out, entry.imageVersion());
            writeCount(out, entry.events().size());
            for (MetadataEvent event : entry.events()) {
                ByteArrayOutputStream fields = new ByteArrayOutputStream();
                int kind = write(new DataOutputStream(fields), event);
                writeCount(out, kind);
                writeCount(out, VERSION);
                writeCount(out, fields.size());
                fields.writeTo(out);
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // no stream in memory fails
        }
    }

    private static int write(DataOutputStream out, MetadataEvent event) throws IOException {
        if (event instanceof MetadataEvent.PartitionAdded added) {
            writeUuid(out, added.topicId());
            writePartition(out, added.partition());
            return PARTITION_ADDED;
        } else if (event instanceof MetadataEvent.PartitionChanged changed) {
            writeUuid(out, changed.topicId());
            writePartition(out, changed.partition());
            return PARTITION_CHANGED;
        } else if (event instanceof MetadataEvent.TopicCreated created) {
            writeString(out, created.name());
            writeUuid(out, created.id());
            return TOPIC_CREATED;
        } else if (event instanceof MetadataEvent.TopicDeleted deleted) {
            writeUuid(out, deleted.id());
            return TOPIC_DELETED;
        } else if (event instanceof MetadataEvent.ConfigChanged changed) {
            writeCount(out, changed.resource().type().id());
            writeString(out, changed.resource().name());
            writeString(out, changed.key());
            writeNullableString(out, changed.value());
            return CONFIG_CHANGED;
        } else if (event instanceof MetadataEvent.ProducerIdsAllocated allocated) {
            writeInt(out, allocated.brokerId());
            writeLong(out, allocated.nextProducerId());
            return PRODUCER_IDS_ALLOCATED;
        } else if (event instanceof MetadataEvent.FeatureLevelChanged changed) {
            writeString(out, changed.feature());
            writeCount(out, changed.level());
            return FEATURE_LEVEL_CHANGED;
        } else if (event instanceof MetadataEvent.ClientQuotaChanged changed) {
            writeQuota(out, changed);
            return CLIENT_QUOTA_CHANGED;
        } else if (event instanceof MetadataEvent.UserScramCredentialChanged changed) {
            writeString(out, changed.user());
            writeString(out, changed.mechanism());
            writeNullableString(out, changed.credential());
            return USER_SCRAM_CREDENTIAL_CHANGED;
        } else {
            writeBroker(out, ((MetadataEvent.BrokerRegistered) event).broker());
            return BROKER_REGISTERED;
        }
    }

    private static void writePartition(DataOutputStream out, PartitionImage partition) throws IOException {
        writeInt(out, partition.partition());
        writeInt(out, partition.leader());
        writeInt(out, partition.leaderEpoch());
        writeInt(out, partition.partitionEpoch());
        writeInts(out, partition.replicas());
        writeInts(out, partition.isr());
    }

    private static void writeQuota(DataOutputStream out, MetadataEvent.ClientQuotaChanged changed) throws IOException {
        Map<String, String> entity = new TreeMap<>(changed.entity().entries());
        writeCount(out, entity.size());
        for (Map.Entry<String, String> part : entity.entrySet()) {
            writeString(out, part.getKey());
            writeNullableString(out, part.getValue());
        }
        writeString(out, changed.key());
        Double value = changed.value();
        out.writeBoolean(value != null);
        out.writeDouble(value == null ? 0 : value);
    }

    private static MetadataEvent readQuota(ByteBuffer in) {
        Map<String, String> entity = new HashMap<>();
        int count = readCount(in);
        for (int i = 0; i < count; i++) {
            String type = readString(in);
            String name = readNullableString(in);
            entity.put(type, name);
        }
        String key = readString(in);
        boolean set = in.get() != 0;
        double value = in.getDouble();
        return new MetadataEvent.ClientQuotaChanged(new ClientQuotaEntity(entity), key, set ? value : null);
    }

    private static void writeBroker(DataOutputStream out, BrokerImage broker) throws IOException {
        writeInt(out, broker.id());
        writeLong(out, broker.epoch());
        writeUuid(out, broker.incarnation());
        writeNullableString(out, broker.rack());
        writeCount(out, broker.endpoints().size());
        for (BrokerImage.Endpoint endpoint : broker.endpoints()) {
            writeString(out, endpoint.listener());
            writeString(out, endpoint.host());
            writeInt(out, endpoint.port());
        }
    }

    /** @throws IOException when these are not the bytes of an entry, or of one that only a later release understands */
    static MetadataEntry decode(ByteBuffer in) throws IOException {
        try {
            if (in.get() != MAGIC) {
                throw new IOException("it was not written by Millrace");
            }
            int controllerEpoch = readInt(in);
            long imageVersion = readLong(in);
            int count = readCount(in);
            List<MetadataEvent> events = new ArrayList<>(Math.min(count, in.remaining()));
            for (int i = 0; i < count; i++) {
                int kind = readCount(in);
                int version = readCount(in);
                int length = readCount(in);
                if (version > VERSION) {
                    throw new IOException("it was written by a later release: event kind " + kind + " in version "
                            + version + " is not known");
                }
                events.add(read(kind, in.slice(in.position(), length)));
                in.position(in.position() + length);
            }
            return new MetadataEntry(controllerEpoch, imageVersion, List.copyOf(events));
        } catch (RuntimeException e) {
            // Buffer underflows, negative sizes, unknown ids: whatever garbage leads to.
            throw new IOException("it is damaged: " + e, e);
        }
    }

    private static MetadataEvent read(int kind, ByteBuffer in) throws IOException {
        return switch (kind) {
            case BROKER_REGISTERED -> new MetadataEvent.BrokerRegistered(readBroker(in));
            case TOPIC_CREATED -> new MetadataEvent.TopicCreated(readString(in), readUuid(in));
            case TOPIC_DELETED -> new MetadataEvent.TopicDeleted(readUuid(in));
            case PARTITION_ADDED -> new MetadataEvent.PartitionAdded(readUuid(in), readPartition(in));
            case PARTITION_CHANGED -> new MetadataEvent.PartitionChanged(readUuid(in), readPartition(in));
            case CONFIG_CHANGED ->
                new MetadataEvent.ConfigChanged(
                        new ConfigResource(ConfigResource.Type.forId((byte) readCount(in)), readString(in)),
                        readString(in),
                        readNullableString(in));
            case PRODUCER_IDS_ALLOCATED -> new MetadataEvent.ProducerIdsAllocated(readInt(in), readLong(in));
            case CLIENT_QUOTA_CHANGED -> readQuota(in);
            case USER_SCRAM_CREDENTIAL_CHANGED ->
                new MetadataEvent.UserScramCredentialChanged(readString(in), readString(in), readNullableString(in));
            case FEATURE_LEVEL_CHANGED -> new MetadataEvent.FeatureLevelChanged(readString(in), (short) readCount(in));
            default -> throw new IOException("it was written by a later release: event kind " + kind + " is not known");
        };
    }

    private static PartitionImage readPartition(ByteBuffer in) {
        return new PartitionImage(readInt(in), readInt(in), readInt(in), readInt(in), readInts(in), readInts(in));
    }

    private static BrokerImage readBroker(ByteBuffer in) {
        int id = readInt(in);
        long epoch = readLong(in);
        Uuid incarnation = readUuid(in);
        String rack = readNullableString(in);
        int count = readCount(in);
        List<BrokerImage.Endpoint> endpoints = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            endpoints.add(new BrokerImage.Endpoint(readString(in), readString(in), readInt(in)));
        }
        return new BrokerImage(id, epoch, incarnation, rack, List.copyOf(endpoints));
    }
}
