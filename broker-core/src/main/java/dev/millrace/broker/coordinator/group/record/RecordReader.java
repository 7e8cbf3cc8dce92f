package dev.millrace.broker.coordinator.group.record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Readable;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a record in Kafka's message format, plain or flexible (KIP-482). Leaves the buffer's position as it
 * was.
 */
public final class RecordReader {

    private final Readable in;
    private boolean flexible;

    public RecordReader(ByteBuffer buffer) {
        in = new ByteBufferAccessor(buffer.duplicate());
    }

    /**
     * Reads the version of a value, of which later fields are flexible from some version on.
     *
     * @throws UnsupportedVersionException when it was written by a later release, in a way that this one can't read
     */
    public short version(String record, short latest, short flexibleFrom) {
        short version = in.readShort();
        if (version < 0 || version > latest) {
            throw new UnsupportedVersionException(
                    "A " + record + " record of version " + version + "; versions up to " + latest + " can be read.");
        }
        flexible = version >= flexibleFrom;
        return version;
    }

    public short int16() {
        return in.readShort();
    }

    public int int32() {
        return in.readInt();
    }

    public long int64() {
        return in.readLong();
    }

    public String string() {
        String value = nullableString();
        return value == null ? "" : value;
    }

    public @Nullable String nullableString() {
        int length = flexible ? in.readUnsignedVarint() - 1 : in.readShort();
        return length < 0 ? null : new String(in.readArray(length), StandardCharsets.UTF_8);
    }

    public Bytes bytes() {
        int length = flexible ? in.readUnsignedVarint() - 1 : in.readInt();
        return length <= 0 ? Bytes.NONE : new Bytes(in.readArray(length));
    }

    public <T> List<T> array(Function<RecordReader, T> element) {
        int length = flexible ? in.readUnsignedVarint() - 1 : in.readInt();
        List<T> elements = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            elements.add(element.apply(this));
        }
        return elements;
    }

    /** Skips the tagged fields at the end of a structure, except for one that holds an id. */
    public Uuid taggedUuid(int wantedTag) {
        Uuid found = Uuid.ZERO_UUID;
        int count = flexible ? in.readUnsignedVarint() : 0;
        for (int i = 0; i < count; i++) {
            int tag = in.readUnsignedVarint();
            int size = in.readUnsignedVarint();
            if (tag == wantedTag) {
                found = in.readUuid();
            } else {
                in.readArray(size);
            }
        }
        return found;
    }

    public byte int8() {
        return in.readByte();
    }

    public Uuid uuid() {
        return in.readUuid();
    }

    public int unsignedVarint() {
        return in.readUnsignedVarint();
    }

    /** The tagged fields at the end of a structure; those that the reader of one of them leaves alone are skipped. */
    public void tagged(int wantedTag, Consumer<RecordReader> field) {
        int count = flexible ? in.readUnsignedVarint() : 0;
        for (int i = 0; i < count; i++) {
            int tag = in.readUnsignedVarint();
            byte[] value = in.readArray(in.readUnsignedVarint());
            if (tag == wantedTag) {
                RecordReader reader = new RecordReader(ByteBuffer.wrap(value));
                reader.flexible = true;
                field.accept(reader);
            }
        }
    }

    public void skipTagged() {
        taggedUuid(-1);
    }
}
