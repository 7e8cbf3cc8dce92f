package dev.millrace.connector.csv.row;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.QuoteMode;

/**
 * How a file writes rows: RFC 4180 and its usual deviations.
 *
 * @param quote  {@link #NONE} when nothing is quoted
 * @param escape {@link #NONE} when a quote inside quotes is doubled, as RFC 4180 wants it
 */
public record CsvDialect(char separator, int quote, int escape, Charset charset, NullIndicator nulls) {

    /** Stands for a character that the dialect does not have; no byte equals it. */
    public static final int NONE = 1000;

    /** Which empty columns mean null; the names are those of opencsv, which other connectors use. */
    public enum NullIndicator {
        NEITHER,
        EMPTY_SEPARATORS,
        BOTH
    }

    /** Comma, double quotes, UTF-8. */
    public static final CsvDialect RFC_4180 =
            new CsvDialect(',', '"', NONE, StandardCharsets.UTF_8, NullIndicator.NEITHER);

    /**
     * Rows are found in the bytes, before decoding: that is what makes a position in the file exact for any charset.
     *
     * @throws IllegalArgumentException for a special character that is not ASCII, that has two meanings, or that this charset
     *     does not write as the same single byte
     */
    public CsvDialect {
        requireAscii("separator", separator);
        if (quote != NONE) {
            requireAscii("quote", quote);
        }
        if (escape != NONE) {
            requireAscii("escape", escape);
        }
        if (separator == quote || separator == escape || separator == '\n' || separator == '\r') {
            throw new IllegalArgumentException("the separator must differ from quote, escape and line ends");
        }
        if (quote == escape && quote != NONE) {
            throw new IllegalArgumentException("quote and escape must differ; a doubled quote needs no escape");
        }
        if (!writesAsciiAsItself(charset)) {
            throw new IllegalArgumentException("charset " + charset
                    + " does not extend ASCII; convert the file, e.g. iconv -f " + charset + " -t UTF-8");
        }
    }

    private static void requireAscii(String what, int character) {
        if (character < 1 || character > 127) {
            throw new IllegalArgumentException("the " + what + " must be an ASCII character");
        }
    }

    private static boolean writesAsciiAsItself(Charset charset) {
        if (!charset.canEncode()) {
            return false;
        }
        byte[] bytes = " \t\n\r\",;|'\\09azAZ".getBytes(charset);
        return new String(bytes, StandardCharsets.US_ASCII).equals(" \t\n\r\",;|'\\09azAZ");
    }

    CSVFormat format() {
        CSVFormat.Builder format = CSVFormat.RFC4180
                .builder()
                .setDelimiter(separator)
                .setQuote(quote == NONE ? null : (char) quote)
                .setEscape(escape == NONE ? null : (char) escape)
                .setIgnoreEmptyLines(false);
        switch (nulls) {
            case NEITHER -> {}
            // In this mode the parser tells an empty column from a quoted empty one.
            case EMPTY_SEPARATORS -> format.setQuoteMode(QuoteMode.ALL_NON_NULL);
            case BOTH -> format.setNullString("");
        }
        return format.get();
    }
}
