package dev.millrace.connector.csv.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVPrinter;
import org.apache.commons.csv.CSVRecord;

/** Whatever the text: rows are those of Commons CSV, and reading can stop and go on at any of them. */
class RowReaderPropertyTest {

    private static final CSVFormat REFERENCE =
            CSVFormat.RFC4180.builder().setIgnoreEmptyLines(true).get();
    private static final int ROW_MAX = 1 << 20;

    /** Few characters, all of them with a meaning or of more than one byte: every short text is a nasty one. */
    @Provide
    Arbitrary<String> nastyText() {
        return Arbitraries.of("a", ",", "\"", "\n", "\r", " ", "é", "😀", "\"\"", "\r\n", "\u2003")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }

    @Provide
    Arbitrary<List<List<String>>> table() {
        return Arbitraries.of("x", "", ",", "\"", "\n", "\r", "\r\n", "ü", "😀", "\\", "'", "0")
                .list()
                .ofMaxSize(5)
                .map(parts -> String.join("", parts))
                .list()
                .ofMinSize(2)
                .ofMaxSize(4)
                .list()
                .ofMaxSize(12);
    }

    @Property(tries = 2000)
    void reads_what_the_reference_reads_and_gives_up_one_line_where_it_gives_up(
            @ForAll("nastyText") String text, @ForAll @IntRange(min = 1, max = 9) int portion) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : Chunks.rest(reader(text, portion))) {
            rows.add(row instanceof Row.Parsed parsed ? List.of(parsed.columns()) : null);
        }
        assertThat(rows).isEqualTo(reference(text));
    }

    @Property(tries = 500)
    void reads_back_what_the_reference_writes(
            @ForAll("table") List<List<String>> table, @ForAll @IntRange(min = 1, max = 9) int portion)
            throws IOException {
        StringWriter text = new StringWriter();
        try (CSVPrinter printer = new CSVPrinter(text, CSVFormat.RFC4180)) {
            for (List<String> row : table) {
                printer.printRecord(row);
            }
        }
        assertThat(Chunks.rest(reader(text.toString(), portion)))
                .extracting(row -> List.of(((Row.Parsed) row).columns()))
                .isEqualTo(table);
    }

    @Property(tries = 500)
    void goes_on_at_any_row_as_if_it_had_never_stopped(
            @ForAll("nastyText") String text, @ForAll @IntRange(min = 1, max = 9) int portion) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        List<String> whole = Chunks.rest(reader(text, portion)).stream()
                .map(RowReaderPropertyTest::described)
                .toList();
        RowReader reader = reader(text, portion);
        for (int read = 0; read < whole.size(); read++) {
            reader.next(true);
            int offset = (int) reader.offset();
            Chunks left = new Chunks(Arrays.copyOfRange(bytes, offset, bytes.length), portion);
            RowReader resumed = new RowReader(left, CsvDialect.RFC_4180, 1, ROW_MAX, offset, reader.linesBefore());
            assertThat(Chunks.rest(resumed).stream()
                            .map(RowReaderPropertyTest::described)
                            .toList())
                    .isEqualTo(whole.subList(read + 1, whole.size()));
        }
    }

    @Property(tries = 500)
    void gives_the_same_rows_of_a_file_that_grows_byte_by_byte(@ForAll("nastyText") String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Chunks file = new Chunks(new byte[0], Integer.MAX_VALUE);
        RowReader reader = new RowReader(file, CsvDialect.RFC_4180, 1, ROW_MAX, 0, 0);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < bytes.length; i++) {
            file.append(bytes[i]);
            for (Row row = reader.next(false); row != null; row = reader.next(false)) {
                rows.add(described(row));
            }
        }
        Chunks.rest(reader).forEach(row -> rows.add(described(row)));
        assertThat(rows)
                .isEqualTo(Chunks.rest(reader(text, 3)).stream()
                        .map(RowReaderPropertyTest::described)
                        .toList());
    }

    private static RowReader reader(String text, int portion) {
        return new RowReader(
                new Chunks(text.getBytes(StandardCharsets.UTF_8), portion), CsvDialect.RFC_4180, 1, ROW_MAX, 0, 0);
    }

    private static String described(Row row) {
        return row.offset() + ":" + row.line() + ":" + row.text() + ":"
                + row.getClass().getSimpleName();
    }

    /** Rows by Commons CSV alone; null for each line it has to be taken past. */
    private static List<List<String>> reference(String text) throws IOException {
        List<String> lines = lines(text);
        List<List<String>> rows = new ArrayList<>();
        int first = 0;
        while (first < lines.size()) {
            if (isLineEnd(lines.get(first))) {
                first++;
                continue;
            }
            String rest = String.join("", lines.subList(first, lines.size()));
            try (CSVParser parser = CSVParser.parse(new StringReader(rest), REFERENCE)) {
                CSVRecord record = parser.iterator().next();
                rows.add(List.of(record.values()));
                first += (int) parser.getCurrentLineNumber();
            } catch (UncheckedIOException e) {
                rows.add(null);
                first++;
            }
        }
        return rows;
    }

    private static boolean isLineEnd(String line) {
        return line.chars().allMatch(c -> c == '\n' || c == '\r');
    }

    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            boolean crLf = text.charAt(i) == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
            if (text.charAt(i) == '\n' || (text.charAt(i) == '\r' && !crLf)) {
                lines.add(text.substring(start, i + 1));
                start = i + 1;
            }
        }
        if (start < text.length()) {
            lines.add(text.substring(start));
        }
        return lines;
    }
}
