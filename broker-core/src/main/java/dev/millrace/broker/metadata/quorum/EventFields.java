package dev.millrace.broker.metadata.quorum;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.ByteUtils;
import org.jspecify.annotations.Nullable;

/** The primitive fields of encoded events: variable-length numbers, strings with their length in front. */
final class EventFields {

    private EventFields() {}

    static void writeInt(DataOutputStream out, int value) throws IOException {
        ByteUtils.writeVarint(value, out);
    }

    static int readInt(ByteBuffer in) {
        return ByteUtils.readVarint(in);
    }

    static void writeLong(DataOutputStream out, long value) throws IOException {
        ByteUtils.writeVarlong(value, out);
    }

    static long readLong(ByteBuffer in) {
        return ByteUtils.readVarlong(in);
    }

    /** A number that is never negative: counts, lengths, kinds. */
    static void writeCount(DataOutputStream out, int value) throws IOException {
        ByteUtils.writeUnsignedVarint(value, out);
    }

    static int readCount(ByteBuffer in) {
        return ByteUtils.readUnsignedVarint(in);
    }

    static void writeUuid(DataOutputStream out, Uuid value) throws IOException {
        out.writeLong(value.getMostSignificantBits());
        out.writeLong(value.getLeastSignificantBits());
    }

    static Uuid readUuid(ByteBuffer in) {
        return new Uuid(in.getLong(), in.getLong());
    }

    static void writeString(DataOutputStream out, String value) throws IOException {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        writeCount(out, bytes.length);
        out.write(bytes);
    }

    static String readString(ByteBuffer in) {
        return string(in, readCount(in));
    }

    static void writeNullableString(DataOutputStream out, @Nullable String value) throws IOException {
        if (value == null) {
            writeCount(out, 0);
            return;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        writeCount(out, bytes.length + 1);
        out.write(bytes);
    }

    static @Nullable String readNullableString(ByteBuffer in) {
        int lengthPlusOne = readCount(in);
        return lengthPlusOne == 0 ? null : string(in, lengthPlusOne - 1);
    }

    private static String string(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void writeInts(DataOutputStream out, List<Integer> values) throws IOException {
        writeCount(out, values.size());
        for (int value : values) {
            writeInt(out, value);
        }
    }

    static List<Integer> readInts(ByteBuffer in) {
        int count = readCount(in);
        List<Integer> values = new ArrayList<>(Math.min(count, in.remaining()));
        for (int i = 0; i < count; i++) {
            values.add(readInt(in));
        }
        return List.copyOf(values);
    }
}
