package dev.millrace.connector.csv.row;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds where rows begin and end, in bytes. Values are none of its business: a row's bytes go to the parser afterwards, so
 * that a position in the file never has to be guessed back from decoded characters.
 *
 * <p>A row whose quoting is broken, or that is longer than a row may be, ends with its first physical line: one stray quote
 * costs one line, not the rest of the file. Used by one thread.
 */
final class RowScanner {

    private static final int INCOMPLETE = -1;
    private static final int UNCLOSED = -2;
    /** A carriage return belongs to its line feed, so a row's end is known only one byte later. */
    private static final int LOOKAHEAD_BYTES = 2;

    private final ReadableByteChannel channel;
    private final int separator;
    private final int quote;
    private final int escape;
    private final int rowBytesMax;
    private final boolean[] endsPlainRun = new boolean[256];

    private byte[] buffer;
    private int limit;
    /** Position in the file of {@code buffer[0]}. */
    private long base;
    /** Where the next row begins, in the buffer. */
    private int next;

    private long linesBefore;
    private boolean ended;

    private int rowStart;
    private int rowEnd;
    private long rowLine;
    private @Nullable String problem;

    /** The first bytes of a line that is longer than a row may be; null for any other row. */
    private byte @Nullable [] head;

    private long headOffset;
    private boolean skipping;

    private int scannedEnd;
    private boolean scannedLineEnd;

    /**
     * @param channel     stands at {@code offset}
     * @param offset      position in the file at which a row begins
     * @param linesBefore physical lines before {@code offset}
     */
    RowScanner(
            ReadableByteChannel channel,
            CsvDialect dialect,
            int bufferBytes,
            int rowBytesMax,
            long offset,
            long linesBefore) {
        this.channel = channel;
        this.separator = dialect.separator();
        this.quote = dialect.quote();
        this.escape = dialect.escape();
        this.rowBytesMax = rowBytesMax;
        this.buffer = new byte[Math.max(1, bufferBytes)];
        this.base = offset;
        this.linesBefore = linesBefore;
        endsPlainRun[separator] = true;
        endsPlainRun['\n'] = true;
        endsPlainRun['\r'] = true;
        if (escape != CsvDialect.NONE) {
            endsPlainRun[escape] = true;
        }
    }

    /**
     * Moves to the next row that is not an empty line.
     *
     * @param endIsFinal whether the channel's end ends the last row; when not, an unfinished row waits for more bytes
     * @return false when there is no complete row now
     */
    boolean next(boolean endIsFinal) throws IOException {
        problem = null;
        if (skipping) {
            return skipRestOfLongLine(endIsFinal);
        }
        head = null;
        while (true) {
            rowStart = next;
            rowLine = linesBefore + 1;
            int after = scan();
            if (after == UNCLOSED) {
                problem = "the file ends inside a quoted or escaped column";
                cutToFirstLine();
                return true;
            }
            if (after == INCOMPLETE) {
                if (limit - rowStart > rowBytesMax + LOOKAHEAD_BYTES) {
                    return cutLongRow(endIsFinal);
                }
                if (!fillOrEnd(endIsFinal) || (ended && next == limit)) {
                    return false;
                }
                continue;
            }
            if (scannedEnd - rowStart > rowBytesMax) {
                return cutLongRow(endIsFinal);
            }
            rowEnd = scannedEnd;
            next = after;
            linesBefore += 1 + (scannedLineEnd ? lineEndsWithin(rowStart, rowEnd) : 0);
            if (rowEnd > rowStart) {
                return true;
            }
        }
    }

    /** Gives up the rest of the current row: it ends with its first physical line, and the next line starts a new row. */
    void cutToFirstLine() {
        rowEnd = lineEnd(rowStart);
        next = afterLineEnd(rowEnd);
        linesBefore = rowLine;
    }

    /**
     * Skips one physical line, whatever is in it.
     *
     * @return false when there is no complete line now
     */
    boolean skipLine(boolean endIsFinal) throws IOException {
        while (true) {
            int end = lineEnd(next);
            if (isWholeLine(end)) {
                next = afterLineEnd(end);
                linesBefore++;
                return true;
            }
            if (!fillOrEnd(endIsFinal) || (ended && next == limit)) {
                return false;
            }
        }
    }

    /** Why the current row can't be parsed, or null when nothing is known against it. */
    @Nullable
    String problem() {
        return problem;
    }

    byte[] array() {
        return head == null ? buffer : head;
    }

    int start() {
        return head == null ? rowStart : 0;
    }

    int length() {
        return head == null ? rowEnd - rowStart : head.length;
    }

    /** Whether {@link #array()} holds no more than the beginning of the current row. */
    boolean isCut() {
        return head != null;
    }

    /** Position in the file of the current row. */
    long offset() {
        return head == null ? base + rowStart : headOffset;
    }

    /** The line, from 1, in which the current row begins. */
    long line() {
        return rowLine;
    }

    /** Position in the file after the current row and its line end. */
    long offsetAfter() {
        return base + next;
    }

    /** Physical lines up to {@link #offsetAfter()}. */
    long linesBefore() {
        return linesBefore;
    }

    /** @return the index after the row's line end, or {@link #INCOMPLETE} or {@link #UNCLOSED} */
    private int scan() {
        byte[] b = buffer;
        int end = limit;
        int i = rowStart;
        scannedLineEnd = false;
        if (i == end) {
            return INCOMPLETE;
        }
        while (true) {
            if (i < end && b[i] == quote) {
                i = afterQuoted(i + 1);
                if (i < 0) {
                    return i;
                }
            }
            while (i < end) {
                if (!endsPlainRun[b[i] & 0xff]) {
                    i++;
                } else if (b[i] == escape) {
                    scannedLineEnd = true;
                    i += 2;
                } else {
                    break;
                }
            }
            if (i < end && b[i] == separator) {
                i++;
                continue;
            }
            if (i > end) {
                return ended ? UNCLOSED : INCOMPLETE;
            }
            if (!isWholeLine(i)) {
                return INCOMPLETE;
            }
            scannedEnd = i;
            return afterLineEnd(i);
        }
    }

    /** @return the index after the closing quote, or {@link #INCOMPLETE} or {@link #UNCLOSED} */
    private int afterQuoted(int from) {
        byte[] b = buffer;
        int end = limit;
        int i = from;
        while (i < end) {
            byte c = b[i++];
            if (c == quote) {
                if (i < end ? b[i] != quote : ended) {
                    return i;
                }
                i++;
            } else if (c == '\n' || c == '\r') {
                scannedLineEnd = true;
            } else if (c == escape) {
                scannedLineEnd = true;
                i++;
            }
        }
        return ended ? UNCLOSED : INCOMPLETE;
    }

    private boolean cutLongRow(boolean endIsFinal) throws IOException {
        if (lineEnd(rowStart) - rowStart <= rowBytesMax) {
            problem = "a quote is opened and not closed within row.max.bytes=" + rowBytesMax;
            cutToFirstLine();
            return true;
        }
        head = Arrays.copyOfRange(buffer, rowStart, rowStart + rowBytesMax);
        headOffset = base + rowStart;
        next = rowStart + rowBytesMax;
        skipping = true;
        return skipRestOfLongLine(endIsFinal);
    }

    private boolean skipRestOfLongLine(boolean endIsFinal) throws IOException {
        while (true) {
            int end = lineEnd(next);
            if (isWholeLine(end)) {
                next = afterLineEnd(end);
                linesBefore++;
                skipping = false;
                problem = "the line is longer than row.max.bytes=" + rowBytesMax;
                return true;
            }
            next = end;
            if (!fillOrEnd(endIsFinal)) {
                return false;
            }
        }
    }

    private int lineEnd(int from) {
        int i = from;
        while (i < limit && buffer[i] != '\n' && buffer[i] != '\r') {
            i++;
        }
        return i;
    }

    /** Whether the line that ends at this index is known to end there. */
    private boolean isWholeLine(int end) {
        return ended || end < limit - 1 || (end < limit && buffer[end] == '\n');
    }

    private int afterLineEnd(int end) {
        if (end >= limit) {
            return limit;
        }
        return buffer[end] == '\r' && end + 1 < limit && buffer[end + 1] == '\n' ? end + 2 : end + 1;
    }

    private int lineEndsWithin(int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\n' || (buffer[i] == '\r' && (i + 1 == to || buffer[i + 1] != '\n'))) {
                count++;
            }
        }
        return count;
    }

    /** @return whether it is worth looking again: there are more bytes, or it is now known that there will be none */
    private boolean fillOrEnd(boolean endIsFinal) throws IOException {
        if (ended) {
            return false;
        }
        if (fill()) {
            return true;
        }
        ended = endIsFinal;
        return ended;
    }

    private boolean fill() throws IOException {
        if (next > 0) {
            System.arraycopy(buffer, next, buffer, 0, limit - next);
            base += next;
            limit -= next;
            next = 0;
        } else if (limit == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(64, 2 * buffer.length));
        }
        int read = channel.read(ByteBuffer.wrap(buffer, limit, buffer.length - limit));
        if (read <= 0) {
            return false;
        }
        limit += read;
        return true;
    }
}
