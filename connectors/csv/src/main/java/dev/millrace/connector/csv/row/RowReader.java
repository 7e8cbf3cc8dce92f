package dev.millrace.connector.csv.row;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import org.jspecify.annotations.Nullable;

/** Rows of one file, in order, and the position after each: where to go on after a stop. Used by one thread. */
public final class RowReader {

    private static final char REPLACEMENT = '\uFFFD';

    private final CsvDialect dialect;
    private final RowScanner scanner;
    private final RowParser parser;
    private final CharsetDecoder strict;

    /**
     * @param channel     stands at {@code offset}
     * @param rowBytesMax rows that are longer are malformed; bounds the memory used
     * @param offset      position in the file at which a row begins
     * @param linesBefore physical lines before {@code offset}
     */
    public RowReader(
            ReadableByteChannel channel,
            CsvDialect dialect,
            int bufferBytes,
            int rowBytesMax,
            long offset,
            long linesBefore) {
        this.dialect = dialect;
        this.scanner = new RowScanner(channel, dialect, bufferBytes, rowBytesMax, offset, linesBefore);
        this.parser = new RowParser(dialect);
        this.strict = dialect.charset().newDecoder();
    }

    /**
     * @param endIsFinal whether the channel's end ends the last row; when not, an unfinished row waits for more bytes
     * @return null when there is no complete row now
     */
    public @Nullable Row next(boolean endIsFinal) throws IOException {
        if (!scanner.next(endIsFinal)) {
            return null;
        }
        String text = text();
        String problem = scanner.problem();
        if (problem == null && !isEncoded(text)) {
            problem = "bytes that are not " + dialect.charset();
        }
        if (problem == null) {
            try {
                return new Row.Parsed(scanner.offset(), scanner.line(), text, parser.parse(text));
            } catch (MalformedRowException e) {
                problem = e.reason();
                scanner.cutToFirstLine();
                text = text();
            }
        }
        return new Row.Malformed(scanner.offset(), scanner.line(), text, problem);
    }

    /** Skips one physical line; false when there is no complete line now. */
    public boolean skipLine(boolean endIsFinal) throws IOException {
        return scanner.skipLine(endIsFinal);
    }

    /** Position in the file after the last row returned and its line end. */
    public long offset() {
        return scanner.offsetAfter();
    }

    /** Physical lines up to {@link #offset()}. */
    public long linesBefore() {
        return scanner.linesBefore();
    }

    private String text() {
        return new String(scanner.array(), scanner.start(), scanner.length(), dialect.charset());
    }

    /** The lenient decoding is the fast one; only its replacement character makes a second look worth while. */
    private boolean isEncoded(String text) {
        if (text.indexOf(REPLACEMENT) < 0) {
            return true;
        }
        try {
            strict.decode(ByteBuffer.wrap(scanner.array(), scanner.start(), scanner.length()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
