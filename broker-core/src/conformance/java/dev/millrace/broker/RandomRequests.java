package dev.millrace.broker;

import dev.millrace.broker.log.Batches;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** Requests of every key and version that Kafka's codec can read, filled at random, whole or mutilated. */
public final class RandomRequests {

    private static final int[] NUMBERS = {
        -1, 0, 1, 2, 3, 5, 100, 30_000, Short.MAX_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE, -2, 1 << 20
    };
    private static final int ELEMENTS_MAX = 3;
    private static final int MUTATIONS_MAX = 4;

    private final Random random;
    private final List<ApiKeys> keys;
    private final List<String> words;
    private final List<Uuid> topicIds;

    public RandomRequests(Random random, List<ApiKeys> keys, List<String> words, List<Uuid> topicIds) {
        this.random = random;
        this.keys = keys;
        this.words = words;
        this.topicIds = topicIds;
    }

    /** With its size in front of it, which is nearly always right. */
    public byte[] next() {
        byte[] body = random.nextInt(20) == 0 ? garbage() : request();
        if (random.nextInt(3) > 0) {
            body = mutilated(body);
        }
        int size = random.nextInt(50) == 0 ? body.length + random.nextInt(20) - 10 : body.length;
        return ByteBuffer.allocate(4 + body.length).putInt(size).put(body).array();
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] request() {
        ApiKeys key = keys.get(random.nextInt(keys.size()));
        int versions = key.latestVersion(true) - key.oldestVersion() + 1;
        short version = (short) (key.oldestVersion() + random.nextInt(versions));
        Schema schema = key.messageType.requestSchemas()[version];
        Struct body = struct(schema);
        byte[] client = "fuzz".getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(schema.sizeOf(body) + 64);
        bytes.putShort(key.id).putShort(version).putInt(random.nextInt());
        bytes.putShort((short) client.length).put(client);
        if (key.requestHeaderVersion(version) >= 2) {
            bytes.put((byte) 0);
        }
        schema.write(bytes, body);
        bytes.flip();
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        return array;
    }

    private Struct struct(Schema schema) {
        Struct struct = new Struct(schema);
        for (BoundField field : schema.fields()) {
            struct.set(field, value(field.def.type));
        }
        return struct;
    }

    private Object value(Type type) {
        if (type instanceof Schema schema) {
            return struct(schema);
        }
        if (type instanceof TaggedFields tagged) {
            TreeMap<Integer, Object> values = new TreeMap<>();
            tagged.fields().forEach((tag, field) -> {
                if (random.nextInt(3) == 0) {
                    values.put(tag, value(field.type));
                }
            });
            return values;
        }
        if (type.arrayElementType().isPresent()) {
            Object[] elements = new Object[random.nextInt(ELEMENTS_MAX)];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = value(type.arrayElementType().get());
            }
            return elements;
        }
        if (type.isNullable() && random.nextInt(6) == 0) {
            return null;
        }
        return scalar(type);
    }

    private Object scalar(Type type) {
        int number = NUMBERS[random.nextInt(NUMBERS.length)];
        return switch (type.toString()) {
            case "BOOLEAN" -> random.nextBoolean();
            case "INT8" -> (byte) number;
            case "INT16" -> (short) number;
            case "UINT16" -> number & 0xFFFF;
            case "INT32", "VARINT" -> number;
            case "UINT32", "UNSIGNED_INT32" -> number & 0xFFFF_FFFFL;
            case "INT64", "VARLONG" -> random.nextInt(8) == 0 ? random.nextLong() : (long) number;
            case "FLOAT64" -> random.nextDouble();
            case "UUID" -> topicIds.get(random.nextInt(topicIds.size()));
            case "STRING", "COMPACT_STRING", "NULLABLE_STRING", "COMPACT_NULLABLE_STRING" -> word();
            case "BYTES", "COMPACT_BYTES", "NULLABLE_BYTES", "COMPACT_NULLABLE_BYTES" -> ByteBuffer.wrap(garbage());
            case "RECORDS", "COMPACT_RECORDS", "NULLABLE_RECORDS", "COMPACT_NULLABLE_RECORDS" -> records();
            default -> throw new IllegalArgumentException(type.toString());
        };
    }

    private String word() {
        if (random.nextInt(12) > 0) {
            return words.get(random.nextInt(words.size()));
        }
        return new String(garbage(), StandardCharsets.ISO_8859_1);
    }

    private MemoryRecords records() {
        String[] values = new String[1 + random.nextInt(3)];
        for (int i = 0; i < values.length; i++) {
            values[i] = "value " + i;
        }
        Compression compression = Compression.of(List.of("none", "gzip", "lz4").get(random.nextInt(3)))
                .build();
        boolean transactional = random.nextInt(5) == 0;
        boolean idempotent = transactional || random.nextBoolean();
        ByteBuffer batch = Batches.build(
                compression,
                1_700_000_000_000L,
                idempotent ? random.nextInt(4) : -1,
                (short) (idempotent ? random.nextInt(3) : -1),
                idempotent ? random.nextInt(3) : -1,
                transactional,
                values);
        if (random.nextInt(3) == 0) {
            for (int i = 0; i < MUTATIONS_MAX; i++) {
                batch.put(random.nextInt(batch.limit()), (byte) random.nextInt());
            }
        }
        return MemoryRecords.readableRecords(batch);
    }

    /** The key stays most of the time, or most would end there. */
    private byte[] mutilated(byte[] request) {
        List<Byte> bytes = new ArrayList<>();
        for (byte b : request) {
            bytes.add(b);
        }
        int mutations = 1 + random.nextInt(MUTATIONS_MAX);
        for (int i = 0; i < mutations && bytes.size() > 14; i++) {
            int at = random.nextInt(30) == 0 ? random.nextInt(14) : 14 + random.nextInt(bytes.size() - 14);
            switch (random.nextInt(6)) {
                case 0 -> bytes.set(at, (byte) random.nextInt());
                case 1 -> bytes.set(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
                case 2 -> bytes.subList(at, bytes.size()).clear();
                case 3 -> bytes.add(at, (byte) random.nextInt());
                case 4 -> {
                    int number = NUMBERS[random.nextInt(NUMBERS.length)];
                    for (int k = 0; k < 4 && at + k < bytes.size(); k++) {
                        bytes.set(at + k, (byte) (number >>> 24 - 8 * k));
                    }
                }
                default -> bytes.remove(at);
            }
        }
        byte[] result = new byte[bytes.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = bytes.get(i);
        }
        return result;
    }
}
