package dev.millrace.connector.csv;

import dev.millrace.connector.csv.row.Row;
import dev.millrace.connector.csv.row.RowReader;
import dev.millrace.connector.csv.row.RowShape;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.connect.errors.ConnectException;
import org.jspecify.annotations.Nullable;

/** One file, open at the row to read next. Used by one thread at a time. */
final class CsvFile implements Closeable {

    private static final int UTF8_MARK_BYTES = 3;

    private final Path path;
    private final boolean endIsFinal;
    private final FileChannel channel;
    private final FileHead head;
    private final RowReader reader;
    private final @Nullable RowShape shape;
    private long rows;

    private CsvFile(
            Path path,
            boolean endIsFinal,
            FileChannel channel,
            FileHead head,
            RowReader reader,
            @Nullable RowShape shape,
            long rows) {
        this.path = path;
        this.endIsFinal = endIsFinal;
        this.channel = channel;
        this.head = head;
        this.reader = reader;
        this.shape = shape;
        this.rows = rows;
    }

    /**
     * @param resumeAt null to begin at the beginning
     * @throws ConnectException when the file is not the one that {@code resumeAt} was written for, or its header does not
     *     fit the settings
     */
    static CsvFile open(Path path, CsvSourceConfig config, @Nullable FilePosition resumeAt) throws IOException {
        FileChannel channel = FileChannel.open(path);
        try {
            FileHead head = FileHead.of(channel);
            if (head.startsWithUtf16Mark()) {
                throw new ConnectException(path
                        + " is written in UTF-16; convert it, e.g. iconv -f UTF-16 -t UTF-8, and set csv.file.charset");
            }
            FilePosition position = resumeAt;
            if (position != null && !isSame(channel, head, position)) {
                if (!config.restartsChangedFile()) {
                    throw new ConnectException(path + " is not the file that was read up to byte " + position.offset()
                            + ": its beginning has changed or it is shorter; give the new file another name, reset the"
                            + " connector's offsets, or set file.changed=restart");
                }
                position = null;
            }
            long begin = head.startsWithUtf8Mark() ? UTF8_MARK_BYTES : 0;
            RowReader reader = reader(channel, config, begin, 0);
            RowShape shape = shape(path, config, reader);
            if (position != null) {
                reader = reader(channel, config, position.offset(), position.line());
            }
            return new CsvFile(
                    path, !config.follow(), channel, head, reader, shape, position == null ? 0 : position.rows());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** @return null when there is no complete row now; with a final end, when there will be none */
    @Nullable
    Row next() throws IOException {
        if (shape == null) {
            return null;
        }
        Row row = reader.next(endIsFinal);
        if (row != null) {
            rows++;
        }
        return row;
    }

    /** Whether the file reaches as far as its first row of values. */
    boolean hasHeader() {
        return shape != null;
    }

    /** How rows become records; only once {@link #next} has returned one. */
    RowShape shape() {
        if (shape == null) {
            throw new IllegalStateException(path + " has no header yet");
        }
        return shape;
    }

    Path path() {
        return path;
    }

    /** Whether the end of the file is the end of the work on it. */
    boolean endIsFinal() {
        return endIsFinal;
    }

    /** Up to the row returned last. */
    FilePosition position(boolean atEnd) {
        long offset = reader.offset();
        long headLength = head.lengthUpTo(offset);
        return new FilePosition(offset, reader.linesBefore(), rows, headLength, head.crc(headLength), atEnd);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static boolean isSame(FileChannel channel, FileHead head, FilePosition position) throws IOException {
        return channel.size() >= position.offset()
                && head.covers(position.headLength())
                && head.crc(position.headLength()) == position.headCrc();
    }

    private static RowReader reader(FileChannel channel, CsvSourceConfig config, long offset, long line)
            throws IOException {
        channel.position(offset);
        return new RowReader(channel, config.csvDialect(), config.bufferBytes(), config.rowBytesMax(), offset, line);
    }

    /** Reads up to the first row of values. Null when the file does not reach as far. */
    private static @Nullable RowShape shape(Path path, CsvSourceConfig config, RowReader reader) throws IOException {
        boolean endIsFinal = !config.follow();
        for (int i = 0; i < config.skipLines(); i++) {
            if (!reader.skipLine(endIsFinal)) {
                return null;
            }
        }
        List<String> columns = config.givenColumns();
        if (config.firstRowIsHeader()) {
            Row header = reader.next(endIsFinal);
            if (header == null) {
                return null;
            }
            if (header instanceof Row.Malformed malformed) {
                throw new ConnectException(path + ":" + header.line() + ": the header can't be read: "
                        + malformed.reason() + "; see the csv.* settings");
            }
            if (columns.isEmpty() && header instanceof Row.Parsed parsed) {
                columns = Arrays.stream(parsed.columns())
                        .map(name -> name == null ? "" : name.strip())
                        .toList();
            }
        }
        try {
            return config.shape(columns);
        } catch (SettingException e) {
            throw new SettingException(e.setting(), path + ": " + e.reason());
        }
    }
}
