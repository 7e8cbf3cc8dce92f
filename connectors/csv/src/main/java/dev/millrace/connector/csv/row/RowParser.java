package dev.millrace.connector.csv.row;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The text of one row into its columns, by Commons CSV. One parser is fed row after row: building one per row would cost
 * more than the parsing. A parser that has refused a row is thrown away.
 */
final class RowParser {

    private final CSVFormat format;
    private Feed feed = new Feed();
    private Iterator<CSVRecord> records;
    private long characters;

    RowParser(CsvDialect dialect) {
        this.format = dialect.format();
        this.records = startOver();
    }

    /**
     * @param row without its line end
     * @throws IllegalStateException when the parser sees the row end elsewhere than {@link RowScanner} did
     */
    String[] parse(String row) throws MalformedRowException {
        feed.row = row;
        feed.given = 0;
        CSVRecord record;
        try {
            record = records.next();
        } catch (UncheckedIOException e) {
            records = startOver();
            throw new MalformedRowException("text between a closing quote and the next separator");
        }
        if (record.getCharacterPosition() != characters || feed.given <= row.length()) {
            throw new IllegalStateException("row taken for another: at character " + record.getCharacterPosition()
                    + " of " + characters + ", " + feed.given + " of " + (row.length() + 1) + " read");
        }
        characters += row.length() + 1;
        return record.values();
    }

    private Iterator<CSVRecord> startOver() {
        feed = new Feed();
        characters = 0;
        try {
            return CSVParser.builder().setReader(feed).setFormat(format).get().iterator();
        } catch (IOException e) {
            throw new UncheckedIOException("reading no header can't fail", e);
        }
    }

    /** Gives the parser the current row and a line feed, and nothing beyond. */
    private static final class Feed extends Reader {

        private String row = "";
        private int given;

        @Override
        public int read(char[] into, int offset, int length) {
            int left = row.length() - given;
            if (left > 0) {
                int count = Math.min(left, length);
                row.getChars(given, given + count, into, offset);
                given += count;
                if (count == length) {
                    return count;
                }
                into[offset + count] = '\n';
                given++;
                return count + 1;
            }
            if (left == 0 && length > 0) {
                into[offset] = '\n';
                given++;
                return 1;
            }
            return -1;
        }

        @Override
        public void close() {}
    }
}
