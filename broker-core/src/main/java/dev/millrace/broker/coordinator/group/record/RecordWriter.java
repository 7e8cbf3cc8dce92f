package dev.millrace.broker.coordinator.group.record;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.DataOutputStreamWritable;
import org.apache.kafka.common.protocol.Writable;
import org.jspecify.annotations.Nullable;

/** Writes the fields of a record in Kafka's message format; strings both plain and compact (KIP-482). */
public final class RecordWriter {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    private final Writable out = new DataOutputStreamWritable(new DataOutputStream(bytes));

    public RecordWriter int16(short value) {
        out.writeShort(value);
        return this;
    }

    public RecordWriter int32(int value) {
        out.writeInt(value);
        return this;
    }

    public RecordWriter int64(long value) {
        out.writeLong(value);
        return this;
    }

    public RecordWriter string(@Nullable String value) {
        if (value == null) {
            out.writeShort((short) -1);
        } else {
            byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
            out.writeShort((short) encoded.length);
            out.writeByteArray(encoded);
        }
        return this;
    }

    public RecordWriter compactString(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        out.writeUnsignedVarint(encoded.length + 1);
        out.writeByteArray(encoded);
        return this;
    }

    public RecordWriter int8(byte value) {
        out.writeByte(value);
        return this;
    }

    public RecordWriter uuid(Uuid value) {
        out.writeUuid(value);
        return this;
    }

    public RecordWriter compactNullableString(@Nullable String value) {
        if (value == null) {
            out.writeUnsignedVarint(0);
            return this;
        }
        return compactString(value);
    }

    public RecordWriter compactBytes(Bytes value) {
        out.writeUnsignedVarint(value.value().length + 1);
        out.writeByteArray(value.value());
        return this;
    }

    public <T> RecordWriter compactArray(Collection<T> values, BiConsumer<RecordWriter, T> element) {
        out.writeUnsignedVarint(values.size() + 1);
        values.forEach(value -> element.accept(this, value));
        return this;
    }

    /** The end of a structure without tagged fields. */
    public RecordWriter noTagged() {
        out.writeUnsignedVarint(0);
        return this;
    }

    /** The end of a structure with one tagged field, of the bytes that another writer has collected. */
    public RecordWriter tagged(int tag, RecordWriter value) {
        byte[] field = value.toBytes();
        out.writeUnsignedVarint(1);
        out.writeUnsignedVarint(tag);
        out.writeUnsignedVarint(field.length);
        out.writeByteArray(field);
        return this;
    }

    public RecordWriter unsignedVarint(int value) {
        out.writeUnsignedVarint(value);
        return this;
    }

    public RecordWriter bytes(Bytes value) {
        out.writeInt(value.value().length);
        out.writeByteArray(value.value());
        return this;
    }

    /** The tagged fields at the end of a structure: one id, or none if that is unknown. */
    public RecordWriter taggedUuid(int tag, Uuid value) {
        if (value.equals(Uuid.ZERO_UUID)) {
            out.writeUnsignedVarint(0);
        } else {
            out.writeUnsignedVarint(1);
            out.writeUnsignedVarint(tag);
            out.writeUnsignedVarint(2 * Long.BYTES);
            out.writeUuid(value);
        }
        return this;
    }

    public byte[] toBytes() {
        return bytes.toByteArray();
    }
}
