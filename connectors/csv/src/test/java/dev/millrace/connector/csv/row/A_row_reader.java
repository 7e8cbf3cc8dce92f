package dev.millrace.connector.csv.row;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class A_row_reader {

    private static final int ROW_MAX = 100;

    private static RowReader reader(String text) {
        return reader(Chunks.of(text), CsvDialect.RFC_4180);
    }

    private static RowReader reader(Chunks chunks, CsvDialect dialect) {
        return new RowReader(chunks, dialect, 8, ROW_MAX, 0, 0);
    }

    private static List<String[]> columns(String text) throws IOException {
        return Chunks.rest(reader(text)).stream()
                .map(row -> ((Row.Parsed) row).columns())
                .toList();
    }

    @Nested
    class Given_well_formed_rows {

        @ParameterizedTest
        @ValueSource(strings = {"\n", "\r\n", "\r"})
        void ends_them_at_any_line_end(String lineEnd) throws IOException {
            assertThat(columns("a,b" + lineEnd + "c,d" + lineEnd)).containsExactly(row("a", "b"), row("c", "d"));
        }

        @Test
        void ends_the_last_one_at_the_end_of_the_file() throws IOException {
            assertThat(columns("a,b\nc,")).containsExactly(row("a", "b"), row("c", ""));
        }

        @Test
        void keeps_line_ends_separators_and_doubled_quotes_inside_quotes() throws IOException {
            assertThat(columns("\"a\n\r\n\rb\",\"c,\"\"d\"\"\"\ne,f\n"))
                    .containsExactly(row("a\n\r\n\rb", "c,\"d\""), row("e", "f"));
        }

        @Test
        void takes_a_quote_inside_an_unquoted_column_for_itself() throws IOException {
            assertThat(columns("a\"b,c\"\nd,e\n")).containsExactly(row("a\"b", "c\""), row("d", "e"));
        }

        @Test
        void ignores_empty_lines_but_counts_them() throws IOException {
            RowReader reader = reader("\n\na\n\n\nb");
            assertThat(reader.next(true)).extracting(Row::line, Row::offset).containsExactly(3L, 2L);
            assertThat(reader.next(true)).extracting(Row::line, Row::offset).containsExactly(6L, 6L);
            assertThat(reader.next(true)).isNull();
        }

        @Test
        void counts_positions_in_bytes_and_lines_as_they_stand_in_the_file() throws IOException {
            RowReader reader = reader("ä,\"1\r\n2\"\r\n😀,x\r\n");
            reader.next(true);
            assertThat(reader.offset()).isEqualTo("ä,\"1\r\n2\"\r\n".getBytes(UTF_8).length);
            assertThat(reader.linesBefore()).isEqualTo(2);
            reader.next(true);
            assertThat(reader.offset()).isEqualTo("ä,\"1\r\n2\"\r\n😀,x\r\n".getBytes(UTF_8).length);
            assertThat(reader.linesBefore()).isEqualTo(3);
        }

        @Test
        void decodes_other_charsets() throws IOException {
            CsvDialect latin = new CsvDialect(';', '\'', CsvDialect.NONE, ISO_8859_1, CsvDialect.NullIndicator.NEITHER);
            Chunks chunks = new Chunks("é;'ü;ß'\n".getBytes(ISO_8859_1), 1);
            assertThat(Chunks.rest(reader(chunks, latin)))
                    .singleElement()
                    .satisfies(row -> assertThat(((Row.Parsed) row).columns()).containsExactly("é", "ü;ß"));
        }

        @Test
        void lets_an_escape_take_the_next_character_for_itself() throws IOException {
            CsvDialect escaping = new CsvDialect(',', '"', '\\', UTF_8, CsvDialect.NullIndicator.NEITHER);
            assertThat(Chunks.rest(reader(Chunks.of("a\\,b,\"c\\\"d\"\ne\\\nf,g\n"), escaping)))
                    .extracting(row -> List.of(((Row.Parsed) row).columns()))
                    .containsExactly(List.of("a,b", "c\"d"), List.of("e\nf", "g"));
        }

        @Test
        void tells_an_empty_column_from_a_quoted_empty_one_when_asked_to() throws IOException {
            CsvDialect nulls =
                    new CsvDialect(',', '"', CsvDialect.NONE, UTF_8, CsvDialect.NullIndicator.EMPTY_SEPARATORS);
            assertThat(Chunks.rest(reader(Chunks.of("a,,\"\"\n"), nulls)))
                    .singleElement()
                    .satisfies(row -> assertThat(((Row.Parsed) row).columns()).containsExactly("a", null, ""));
        }

        @Test
        void takes_a_replacement_character_that_is_in_the_file_as_it_is() throws IOException {
            assertThat(columns("a\uFFFD,b\n")).containsExactly(row("a\uFFFD", "b"));
        }
    }

    @Nested
    class Given_broken_quoting {

        @Test
        void gives_up_one_line_and_goes_on_with_the_next() throws IOException {
            List<Row> rows = Chunks.rest(reader("a,b\n\"c\" d,e\nf,g\n"));
            assertThat(rows).hasSize(3);
            assertThat(rows.get(1))
                    .isEqualTo(new Row.Malformed(
                            4, 2, "\"c\" d,e", "text between a closing quote and the next separator"));
            assertThat(rows.get(2)).isInstanceOf(Row.Parsed.class);
        }

        @Test
        void gives_up_the_first_line_of_a_row_of_several() throws IOException {
            List<Row> rows = Chunks.rest(reader("\"a\nb\" c,d\ne,f\n"));
            assertThat(rows).extracting(Row::text).containsExactly("\"a", "b\" c,d", "e,f");
            assertThat(rows.get(0)).isInstanceOf(Row.Malformed.class);
            assertThat(rows.get(1)).isInstanceOf(Row.Parsed.class);
        }

        @Test
        void gives_up_no_more_than_one_line_for_a_quote_that_is_never_closed() throws IOException {
            RowReader reader = reader("\"a,b\nc,d\ne,f");
            assertThat(reader.next(true))
                    .isEqualTo(new Row.Malformed(0, 1, "\"a,b", "the file ends inside a quoted or escaped column"));
            assertThat(reader.linesBefore()).isEqualTo(1);
            assertThat(Chunks.rest(reader)).hasSize(2).allMatch(Row.Parsed.class::isInstance);
        }

        @Test
        void looks_for_a_closing_quote_no_further_than_a_row_may_be_long() throws IOException {
            List<Row> rows = Chunks.rest(reader("\"a,b\n" + "c,d\n".repeat(100) + "\"e\",f\n"));
            assertThat(rows).hasSize(102);
            assertThat(((Row.Malformed) rows.get(0)).reason())
                    .isEqualTo("a quote is opened and not closed within row.max.bytes=" + ROW_MAX);
            assertThat(rows.subList(1, 102)).allMatch(Row.Parsed.class::isInstance);
        }

        @Test
        void goes_on_with_a_parser_that_remembers_nothing_of_it() throws IOException {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 50; i++) {
                text.append("\"x\"y\nok,").append(i).append('\n');
            }
            List<Row> rows = Chunks.rest(reader(text.toString()));
            assertThat(rows).hasSize(100);
            for (int i = 0; i < 50; i++) {
                assertThat(rows.get(2 * i)).isInstanceOf(Row.Malformed.class);
                assertThat(((Row.Parsed) rows.get(2 * i + 1)).columns()).containsExactly("ok", String.valueOf(i));
            }
        }
    }

    @Nested
    class Given_a_line_that_is_too_long {

        @Test
        void skips_it_without_holding_it_and_shows_its_beginning() throws IOException {
            String tooLong = "x".repeat(5 * ROW_MAX);
            List<Row> rows = Chunks.rest(reader("a\n" + tooLong + "\r\nb\n"));
            assertThat(rows).hasSize(3);
            assertThat(rows.get(1))
                    .isEqualTo(new Row.Malformed(
                            2, 2, "x".repeat(ROW_MAX), "the line is longer than row.max.bytes=" + ROW_MAX));
            assertThat(rows.get(2)).extracting(Row::line, Row::offset).containsExactly(3L, 2L + 5 * ROW_MAX + 2);
        }

        @Test
        void takes_one_that_is_just_as_long_as_it_may_be() throws IOException {
            assertThat(Chunks.rest(reader("x".repeat(ROW_MAX) + "\r\n" + "y".repeat(ROW_MAX))))
                    .hasSize(2)
                    .allMatch(Row.Parsed.class::isInstance);
        }

        @Test
        void skips_it_at_the_end_of_the_file_too() throws IOException {
            assertThat(Chunks.rest(reader("x".repeat(ROW_MAX + 1))))
                    .singleElement()
                    .isInstanceOf(Row.Malformed.class);
        }
    }

    @Nested
    class Given_bytes_that_are_no_text {

        @Test
        void calls_the_row_malformed_and_shows_the_rest_of_it() throws IOException {
            Chunks chunks = new Chunks(new byte[] {'a', (byte) 0xff, ',', 'b', '\n', 'c', '\n'}, 3);
            List<Row> rows = Chunks.rest(reader(chunks, CsvDialect.RFC_4180));
            assertThat(rows.get(0)).isEqualTo(new Row.Malformed(0, 1, "a\uFFFD,b", "bytes that are not UTF-8"));
            assertThat(rows.get(1)).isInstanceOf(Row.Parsed.class);
        }
    }

    @Nested
    class Given_a_file_that_still_grows {

        @Test
        void waits_for_the_end_of_a_row() throws IOException {
            Chunks chunks = Chunks.of("a,b\nc,\"d");
            RowReader reader = reader(chunks, CsvDialect.RFC_4180);
            assertThat(reader.next(false)).isNotNull();
            assertThat(reader.next(false)).isNull();
            assertThat(reader.offset()).isEqualTo(4);
            chunks.append("\ne\"\n");
            assertThat(((Row.Parsed) reader.next(false)).columns()).containsExactly("c", "d\ne");
            assertThat(reader.next(false)).isNull();
        }

        @Test
        void waits_to_see_whether_a_line_feed_follows_a_carriage_return() throws IOException {
            Chunks chunks = Chunks.of("a\r");
            RowReader reader = reader(chunks, CsvDialect.RFC_4180);
            assertThat(reader.next(false)).isNull();
            chunks.append("\nb\n");
            assertThat(reader.next(false)).isNotNull();
            assertThat(reader.offset()).isEqualTo(3);
            assertThat(reader.linesBefore()).isEqualTo(1);
        }

        @Test
        void waits_for_the_end_of_a_line_that_is_too_long_already() throws IOException {
            Chunks chunks = Chunks.of("x".repeat(3 * ROW_MAX));
            RowReader reader = reader(chunks, CsvDialect.RFC_4180);
            assertThat(reader.next(false)).isNull();
            chunks.append("x\ny\n");
            assertThat(reader.next(false)).isInstanceOf(Row.Malformed.class);
            assertThat(((Row.Parsed) reader.next(false)).columns()).containsExactly("y");
        }
    }

    @Nested
    class A_dialect {

        @Test
        void refuses_a_charset_whose_bytes_it_could_not_scan() {
            assertThatThrownBy(() -> new CsvDialect(
                            ',', '"', CsvDialect.NONE, StandardCharsets.UTF_16, CsvDialect.NullIndicator.NEITHER))
                    .hasMessageContaining("UTF-16")
                    .hasMessageContaining("iconv");
        }

        @Test
        void refuses_characters_that_mean_two_things() {
            assertThatThrownBy(() -> new CsvDialect('"', '"', CsvDialect.NONE, UTF_8, CsvDialect.NullIndicator.NEITHER))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new CsvDialect(',', '"', '"', UTF_8, CsvDialect.NullIndicator.NEITHER))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new CsvDialect('§', '"', CsvDialect.NONE, UTF_8, CsvDialect.NullIndicator.NEITHER))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static String[] row(String... columns) {
        return columns;
    }
}
