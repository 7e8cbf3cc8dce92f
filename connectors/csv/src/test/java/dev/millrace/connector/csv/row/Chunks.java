package dev.millrace.connector.csv.row;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A channel over bytes that gives them away in small portions, and can be given more after its end was seen. */
final class Chunks implements ReadableByteChannel {

    private byte[] bytes;
    private int given;
    private final int portion;

    Chunks(byte[] bytes, int portion) {
        this.bytes = bytes;
        this.portion = portion;
    }

    static Chunks of(String text) {
        return new Chunks(text.getBytes(StandardCharsets.UTF_8), Integer.MAX_VALUE);
    }

    void append(String text) {
        append(text.getBytes(StandardCharsets.UTF_8));
    }

    void append(byte... more) {
        byte[] all = new byte[bytes.length + more.length];
        System.arraycopy(bytes, 0, all, 0, bytes.length);
        System.arraycopy(more, 0, all, bytes.length, more.length);
        bytes = all;
    }

    @Override
    public int read(ByteBuffer into) {
        int count = Math.min(Math.min(portion, into.remaining()), bytes.length - given);
        if (count <= 0) {
            return -1;
        }
        into.put(bytes, given, count);
        given += count;
        return count;
    }

    static List<Row> rest(RowReader reader) throws java.io.IOException {
        List<Row> rows = new ArrayList<>();
        for (Row row = reader.next(true); row != null; row = reader.next(true)) {
            rows.add(row);
        }
        return rows;
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}
