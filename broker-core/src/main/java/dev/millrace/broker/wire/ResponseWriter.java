package dev.millrace.broker.wire;

import dev.millrace.broker.log.segment.LogSlice;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Writable;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Collects a response. Fields go to one buffer that is allocated once, in its final size; what the message hands over as a
 * whole, records above all, becomes a piece between two slices of that buffer.
 */
final class ResponseWriter implements Writable {

    private final ByteBuf fields;
    private final List<ResponseFrame.Piece> pieces = new ArrayList<>(1);
    private int cutAt;
    private int sizeInBytes;
    private int bytesInMemory;

    ResponseWriter(int fieldBytes, ByteBufAllocator allocator) {
        this.fields = allocator.directBuffer(fieldBytes, fieldBytes);
    }

    @Override
    public void writeByte(byte value) {
        fields.writeByte(value);
    }

    @Override
    public void writeShort(short value) {
        fields.writeShort(value);
    }

    @Override
    public void writeInt(int value) {
        fields.writeInt(value);
    }

    @Override
    public void writeLong(long value) {
        fields.writeLong(value);
    }

    @Override
    public void writeDouble(double value) {
        fields.writeDouble(value);
    }

    @Override
    public void writeByteArray(byte[] value) {
        fields.writeBytes(value);
    }

    @Override
    public void writeUnsignedVarint(int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            fields.writeByte((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        fields.writeByte(rest);
    }

    @Override
    public void writeVarint(int value) {
        writeUnsignedVarint((value << 1) ^ (value >> 31));
    }

    @Override
    public void writeVarlong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            fields.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        fields.writeByte((int) rest);
    }

    @Override
    public void writeByteBuffer(ByteBuffer value) {
        add(Unpooled.wrappedBuffer(value));
    }

    @Override
    public void writeRecords(BaseRecords records) {
        if (records instanceof LogSlice slice) {
            add(slice);
        } else if (records instanceof MemoryRecords inMemory) {
            add(Unpooled.wrappedBuffer(inMemory.buffer()));
        } else {
            throw new IllegalArgumentException("Neither in the log nor in memory: " + records.getClass());
        }
    }

    private void add(LogSlice slice) {
        if (slice.sizeInBytes() == 0) {
            slice.close();
            return;
        }
        cutFields();
        pieces.add(new ResponseFrame.Slice(slice));
        sizeInBytes += slice.sizeInBytes();
    }

    private void add(ByteBuf bytes) {
        cutFields();
        addBytes(bytes);
    }

    private void cutFields() {
        if (fields.writerIndex() > cutAt) {
            addBytes(fields.retainedSlice(cutAt, fields.writerIndex() - cutAt));
            cutAt = fields.writerIndex();
        }
    }

    private void addBytes(ByteBuf bytes) {
        pieces.add(new ResponseFrame.Bytes(bytes));
        sizeInBytes += bytes.readableBytes();
        bytesInMemory += bytes.readableBytes();
    }

    /** What was written. The writer is used up. */
    ResponseFrame frame() {
        cutFields();
        fields.release();
        return new ResponseFrame(List.copyOf(pieces), sizeInBytes, bytesInMemory);
    }

    /** Lets go of everything collected so far. The writer is used up. */
    void release() {
        pieces.forEach(ResponseFrame.Piece::release);
        fields.release();
    }
}
