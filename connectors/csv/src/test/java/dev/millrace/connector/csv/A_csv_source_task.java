package dev.millrace.connector.csv;

import static dev.millrace.connector.csv.Run.settings;
import static dev.millrace.connector.csv.Run.values;
import static java.util.Arrays.asList;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class A_csv_source_task {

    @TempDir
    Path folder;

    private final StoredOffsets offsets = new StoredOffsets();

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private List<SourceRecord> read(String... settings) {
        try (Run run = new Run(offsets, settings(settings))) {
            return run.drain();
        }
    }

    @Nested
    class Over_a_finite_file {

        @Test
        void makes_a_record_of_each_row_with_all_columns_as_text() throws IOException {
            Path file = write("a.csv", "id, name \n1,\"x\ny\"\n2,\n");
            List<SourceRecord> records = read("input.path", file.toString());
            assertThat(values(records)).containsExactly(List.of("1", "x\ny"), List.of("2", ""));
            assertThat(records.get(0).valueSchema().fields()).extracting("name").containsExactly("id", "name");
            assertThat(records).allSatisfy(record -> {
                assertThat(record.topic()).isEqualTo("rows");
                assertThat(record.key()).isNull();
                assertThat(record.timestamp()).isNull();
            });
        }

        @Test
        void returns_no_more_than_a_batch_at_once_and_null_only_at_the_end() throws IOException {
            Path file = write("a.csv", "id\n1\n2\n3\n4\n5\n");
            try (Run run = new Run(offsets, settings("input.path", file.toString(), "batch.size", "2"))) {
                assertThat(run.poll()).hasSize(2);
                assertThat(run.poll()).hasSize(2);
                assertThat(run.poll()).hasSize(1);
                assertThat(run.poll()).isNull();
                assertThat(run.poll()).isNull();
            }
        }

        @Test
        void marks_the_last_record_of_each_file_as_such() throws IOException {
            write("a.csv", "id\n1\n2\n\n");
            write("b.csv", "id\n3");
            List<SourceRecord> records = read("input.path", folder.toString());
            assertThat(records)
                    .extracting(record -> record.sourceOffset().get("eof"))
                    .isEqualTo(asList(false, true, true));
            assertThat(records)
                    .extracting(record -> record.sourceOffset().get("position"))
                    .isEqualTo(asList(5L, 8L, 4L));
        }

        @Test
        void skips_a_byte_order_mark_and_lines_before_the_header() throws IOException {
            Path file = write("a.csv", "\uFEFF# made by hand\n\"# twice\nid,x\n1,2\n");
            assertThat(values(read("input.path", file.toString(), "csv.skip.lines", "2")))
                    .containsExactly(List.of("1", "2"));
        }

        @Test
        void takes_given_columns_for_a_file_without_a_header() throws IOException {
            Path file = write("a.csv", "1;2\n");
            assertThat(values(read(
                            "input.path", file.toString(),
                            "csv.first.row.as.header", "false",
                            "csv.columns", "a,b",
                            "csv.separator.char", "59")))
                    .containsExactly(List.of("1", "2"));
        }

        @Test
        void returns_nothing_for_an_empty_file_or_one_with_a_header_alone() throws IOException {
            write("a.csv", "");
            write("b.csv", "id,name\n");
            assertThat(read("input.path", folder.toString())).isEmpty();
        }

        @Test
        void reads_what_a_list_of_files_folders_and_globs_stands_for_each_once() throws IOException {
            Files.createDirectories(folder.resolve("x/y"));
            write("x/one.csv", "id\n1\n");
            write("x/two.txt", "id\n2\n");
            write("x/y/three.csv", "id\n3\n");
            assertThat(values(read("input.path", folder + "/x/*.txt," + folder + "/x," + folder + "/**/o*.csv")))
                    .containsExactly(List.of("1"), List.of("2"));
        }

        @Test
        void says_when_a_file_is_in_utf_16() throws IOException {
            Path file = Files.write(folder.resolve("a.csv"), "id\n1\n".getBytes(StandardCharsets.UTF_16));
            assertThatThrownBy(() -> read("input.path", file.toString()))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("a.csv is written in UTF-16; convert it");
        }

        @Test
        void says_when_a_file_has_gone_since_the_start() throws IOException {
            Path file = write("a.csv", "id\n1\n");
            try (Run run = new Run(offsets, settings("input.path", file.toString()))) {
                Files.delete(file);
                assertThatThrownBy(run::poll).hasMessageContaining("a.csv was there when the connector started");
            }
        }
    }

    @Nested
    class With_declared_fields {

        @Test
        void selects_renames_and_types_them() throws IOException {
            Path file = write(
                    "a.csv",
                    "n8,n16,n32,n64,f32,f64,b,d,day,at,s\n"
                            + "1, 2,3,4,0.5,0.25,TRUE,1.50,2024-02-29,2024-02-29T12:00:00Z, x \n");
            List<SourceRecord> records = read(
                    "input.path", file.toString(),
                    "fields", "text,n8,n16,n32,n64,f32,f64,b,d,day,at",
                    "field.text.column", "s",
                    "field.n8.type", "int8",
                    "field.n16.type", "int16",
                    "field.n32.type", "int32",
                    "field.n64.type", "int64",
                    "field.f32.type", "float32",
                    "field.f64.type", "float64",
                    "field.b.type", "boolean",
                    "field.d.type", "decimal(2)",
                    "field.day.type", "date",
                    "field.at.type", "timestamp");
            assertThat(values(records))
                    .containsExactly(List.of(
                            " x ",
                            (byte) 1,
                            (short) 2,
                            3,
                            4L,
                            0.5f,
                            0.25,
                            true,
                            new BigDecimal("1.50"),
                            new Date(1709164800000L),
                            new Date(1709208000000L)));
        }

        @Test
        void takes_the_records_time_from_a_field() throws IOException {
            Path file = write("a.csv", "id,when\n'325208201740029952',8/27/17 0:05\n");
            List<SourceRecord> records = read(
                    "input.path", file.toString(),
                    "fields", "id,snow,minute",
                    "field.id.type", "int64",
                    "field.id.strip", "'",
                    "field.snow.column", "id",
                    "field.snow.type", "int64",
                    "field.snow.format", "snowflake",
                    "field.snow.strip", "'",
                    "field.minute.column", "when",
                    "field.minute.type", "int64",
                    "field.minute.format", "M/d/yy H:mm",
                    "timestamp.field", "minute");
            long snowflake = (325208201740029952L >> 22) + 1288834974657L;
            assertThat(values(records)).containsExactly(List.of(325208201740029952L, snowflake, 1503792300000L));
            assertThat(records.get(0).timestamp()).isEqualTo(1503792300000L);
        }

        @Test
        void reads_times_in_the_zone_that_is_given() throws IOException {
            Path file = write("a.csv", "at,sec\n2017-07-01 02:00:00,1498867200\n");
            List<SourceRecord> records = read(
                    "input.path", file.toString(),
                    "field.at.type", "timestamp",
                    "field.at.format", "yyyy-MM-dd HH:mm:ss",
                    "field.sec.type", "int64",
                    "field.sec.format", "epoch-s",
                    "parser.timestamp.timezone", "Europe/Berlin",
                    "timestamp.field", "at");
            assertThat(values(records)).containsExactly(List.of(new Date(1498867200000L), 1498867200000L));
            assertThat(records.get(0).timestamp()).isEqualTo(1498867200000L);
        }

        @Test
        void fills_in_defaults_and_nulls() throws IOException {
            Path file = write("a.csv", "id,likes\n1,\n2,5\n");
            assertThat(values(read(
                            "input.path", file.toString(),
                            "fields", "id,likes,user,replies",
                            "field.likes.type", "int32",
                            "field.likes.optional", "true",
                            "field.user.column", "",
                            "field.user.optional", "true",
                            "field.replies.column", "",
                            "field.replies.type", "int32",
                            "field.replies.default", "0")))
                    .containsExactly(asList("1", null, null, 0), asList("2", 5, null, 0));
        }

        @Test
        void knows_nulls_by_a_text_or_by_missing_quotes() throws IOException {
            Path file = write("a.csv", "a,b,c\n,\"\",x\n");
            assertThat(values(read(
                            "input.path", file.toString(),
                            "csv.null.field.indicator", "empty_separators",
                            "csv.null.value", "x")))
                    .containsExactly(asList(null, "", null));
        }

        @Test
        void makes_the_key_of_one_field_or_of_several() throws IOException {
            Path file = write("a.csv", "a,b\n1,2\n");
            SourceRecord one =
                    read("input.path", file.toString(), "key.fields", "b").get(0);
            assertThat(one.key()).isEqualTo("2");
            assertThat(one.keySchema()).isEqualTo(Schema.STRING_SCHEMA);
            SourceRecord two =
                    read("input.path", file.toString(), "key.fields", "b,a").get(0);
            assertThat(values((Struct) two.key())).containsExactly("2", "1");
        }
    }

    @Nested
    class Meeting_malformed_rows {

        private static final String TEXT = "id,n\n1,1\n2\n3,x\n\"4\"4,1\n5,5\n6,\n";
        private static final String[] TYPED = {"field.n.type", "int32"};

        private List<SourceRecord> readMalformed(String... settings) throws IOException {
            Path file = write("a.csv", TEXT);
            List<String> all = new ArrayList<>(List.of("input.path", file.toString()));
            all.addAll(List.of(TYPED));
            all.addAll(List.of(settings));
            return read(all.toArray(new String[0]));
        }

        @Test
        void delivers_what_came_before_and_then_fails_naming_the_row_and_the_way_out() throws IOException {
            Path file = write("a.csv", TEXT);
            try (Run run = new Run(offsets, settings("input.path", file.toString(), "field.n.type", "int32"))) {
                assertThat(run.poll()).hasSize(1);
                for (int i = 0; i < 2; i++) {
                    assertThatThrownBy(run::poll)
                            .isInstanceOf(ConnectException.class)
                            .hasMessage(file + ":3: malformed row at byte 9: has 1 columns instead of 2;"
                                    + " correct it, or set malformed.rows to skip or dead-letter");
                }
            }
        }

        @Test
        void leaves_them_out_when_asked_to() throws IOException {
            assertThat(values(readMalformed("malformed.rows", "skip")))
                    .containsExactly(List.of("1", 1), List.of("5", 5));
            assertThat(values(readMalformed("halt.on.error", "false")))
                    .containsExactly(List.of("1", 1), List.of("5", 5));
        }

        @Test
        void sends_them_in_their_place_to_a_topic_of_their_own_with_the_reason() throws IOException {
            List<SourceRecord> records =
                    readMalformed("malformed.rows", "dead-letter", "malformed.rows.topic", "bad-rows");
            assertThat(records)
                    .extracting(SourceRecord::topic)
                    .containsExactly("rows", "bad-rows", "bad-rows", "bad-rows", "rows", "bad-rows");
            List<SourceRecord> bad =
                    records.stream().filter(r -> r.topic().equals("bad-rows")).toList();
            assertThat(bad).extracting(SourceRecord::value).containsExactly("2", "3,x", "\"4\"4,1", "6,");
            assertThat(bad)
                    .extracting(r -> r.headers().lastWithName("csv.reason").value())
                    .containsExactly(
                            "has 1 columns instead of 2",
                            "column 'n' is no int32",
                            "text between a closing quote and the next separator",
                            "column 'n' is empty");
            assertThat(bad)
                    .extracting(r -> r.headers().lastWithName("csv.line").value())
                    .containsExactly(3L, 4L, 5L, 7L);
            assertThat(bad)
                    .extracting(r -> r.headers().lastWithName("csv.offset").value())
                    .containsExactly(9L, 11L, 15L, 26L);
            assertThat(bad.get(0).headers().lastWithName("csv.file").value())
                    .isEqualTo(folder.resolve("a.csv").toString());
            assertThat(records.get(5).sourceOffset().get("eof")).isEqualTo(true);
        }

        @Test
        void counts_a_time_that_does_not_exist_or_lies_before_1970_among_them() throws IOException {
            Path file = write("a.csv", "at\n2017-02-30\n1969-12-31\n2017-02-28\n");
            assertThat(read(
                            "input.path", file.toString(),
                            "field.at.type", "timestamp",
                            "field.at.format", "yyyy-MM-dd",
                            "timestamp.field", "at",
                            "malformed.rows", "skip"))
                    .singleElement()
                    .satisfies(record -> assertThat(record.timestamp()).isEqualTo(1488240000000L));
        }

        @Test
        void counts_a_rounded_id_among_them() throws IOException {
            Path file = write("a.csv", "id\n3.2E+17\n320000000000000000\n");
            assertThat(values(read("input.path", file.toString(), "field.id.type", "int64", "malformed.rows", "skip")))
                    .containsExactly(List.of(320000000000000000L));
        }
    }

    @Nested
    class Started_again {

        private Path file;
        private List<SourceRecord> whole;
        private String[] settings;

        @BeforeEach
        void a_file_with_every_quirk() throws IOException {
            StringBuilder text = new StringBuilder("\uFEFFid,text\r\n");
            Random random = new Random(7);
            String[] bits = {"ä", "😀", "\n", "\r\n", ",", "\"\"", "x", "\r"};
            for (int i = 0; i < 60; i++) {
                text.append(i).append(",\"");
                for (int n = random.nextInt(6); n > 0; n--) {
                    text.append(bits[random.nextInt(bits.length)]);
                }
                text.append(i % 13 == 5 ? "\"broken" : "\"").append(i % 3 == 0 ? "\r\n" : "\n");
            }
            file = write("a.csv", text.toString());
            settings = new String[] {
                "input.path", file.toString(),
                "malformed.rows", "dead-letter",
                "malformed.rows.topic", "bad-rows",
                "file.buffer.size.bytes", "50",
                "batch.size", "7"
            };
            whole = read(settings);
            assertThat(whole).hasSizeGreaterThan(60);
        }

        @Test
        void goes_on_after_any_record_whose_offset_was_stored() {
            for (int stored = 0; stored < whole.size(); stored++) {
                offsets.commit(whole.get(stored));
                assertThat(read(settings)).isEqualTo(whole.subList(stored + 1, whole.size()));
            }
        }

        @Test
        void gives_each_row_once_over_any_number_of_lives() {
            Random random = new Random(11);
            for (int round = 0; round < 20; round++) {
                StoredOffsets lives = new StoredOffsets();
                List<SourceRecord> seen = new ArrayList<>();
                boolean done = false;
                while (!done) {
                    try (Run run = new Run(lives, settings(settings))) {
                        for (int polls = random.nextInt(4); polls > 0 && !done; polls--) {
                            List<SourceRecord> batch = run.poll();
                            done = batch == null;
                            if (!done) {
                                // Dies after some records of the batch have been stored, as a producer may.
                                int stored = polls == 1 ? random.nextInt(batch.size() + 1) : batch.size();
                                batch.subList(0, stored).forEach(record -> {
                                    seen.add(record);
                                    lives.commit(record);
                                });
                            }
                        }
                    }
                }
                assertThat(seen).isEqualTo(whole);
            }
        }

        @Test
        void goes_on_in_a_file_that_was_appended_to() throws IOException {
            offsets.commit(whole.get(whole.size() - 1));
            assertThat(read(settings)).isEmpty();
            append(file, "new,row\n");
            assertThat(values(read(settings))).containsExactly(List.of("new", "row"));
        }

        @Test
        void refuses_a_file_that_is_another_one_now() throws IOException {
            offsets.commit(whole.get(5));
            Files.writeString(file, "id,text\n" + "1,y\n".repeat(500));
            assertThatThrownBy(() -> read(settings))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("is not the file that was read up to byte")
                    .hasMessageContaining("file.changed=restart");
        }

        @Test
        void refuses_a_file_that_has_become_shorter() throws IOException {
            offsets.commit(whole.get(whole.size() - 1));
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
            assertThatThrownBy(() -> read(settings)).hasMessageContaining("or it is shorter");
        }

        @Test
        void reads_a_changed_file_from_its_beginning_when_asked_to() throws IOException {
            offsets.commit(whole.get(5));
            Files.writeString(file, "id,text\n1,y\n");
            assertThat(values(read("input.path", file.toString(), "file.changed", "restart")))
                    .containsExactly(List.of("1", "y"));
        }

        @Test
        void says_when_the_stored_offset_is_not_its_own() {
            offsets.put(Map.of("file", file.toString()), Map.of("position", "12"));
            assertThatThrownBy(() -> read(settings))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("the stored offset has no valid 'position'; reset the connector's offsets");
        }
    }

    @Nested
    class Following {

        private Run follow(String... settings) {
            Map<String, String> all = settings("input.path", folder.toString(), "follow", "true");
            for (int i = 0; i < settings.length; i += 2) {
                all.put(settings[i], settings[i + 1]);
            }
            return new Run(offsets, all);
        }

        @Test
        void waits_for_whole_rows() throws IOException {
            try (Run run = follow()) {
                assertThat(run.poll()).isNull();
                Path file = write("a.csv", "i");
                assertThat(run.poll()).isNull();
                append(file, "d\n1\n2");
                assertThat(values(run.drain())).containsExactly(List.of("1"));
                append(file, "2\n");
                assertThat(values(run.drain())).containsExactly(List.of("22"));
                assertThat(run.poll()).isNull();
            }
        }

        @Test
        void notices_new_files() throws IOException {
            try (Run run = follow()) {
                write("a.csv", "id\n1\n");
                assertThat(values(run.drain())).containsExactly(List.of("1"));
                write("b.csv", "id\n2\n");
                write("c.txt", "id\n3\n");
                assertThat(values(run.drain())).containsExactly(List.of("2"));
            }
        }

        @Test
        void goes_on_where_it_stood_in_each_file() throws IOException {
            Path a = write("a.csv", "id\n1\n2\n");
            Path b = write("b.csv", "id\n3\n");
            try (Run run = follow()) {
                run.drain().forEach(offsets::commit);
            }
            append(a, "4\n");
            append(b, "5\n");
            try (Run run = follow()) {
                assertThat(values(run.drain())).containsExactlyInAnyOrder(List.of("4"), List.of("5"));
            }
        }

        @Test
        void takes_a_rotated_file_for_a_new_one_when_asked_to() throws IOException {
            Path file = write("a.csv", "id\n1\n2\n");
            try (Run run = follow("file.changed", "restart")) {
                assertThat(run.drain()).hasSize(2);
                Files.writeString(file, "id\n7\n");
                assertThat(values(run.drain())).containsExactly(List.of("7"));
            }
        }

        @Test
        void divides_files_among_tasks_without_overlap() throws IOException {
            for (int i = 0; i < 20; i++) {
                write("f" + i + ".csv", "id\n" + i + "\n");
            }
            List<List<Object>> all = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                try (Run run = follow("task.index", String.valueOf(index), "task.count", "3")) {
                    all.addAll(values(run.drain()));
                }
            }
            assertThat(all).hasSize(20).doesNotHaveDuplicates();
        }

        @Test
        void ends_its_wait_when_it_is_stopped() throws InterruptedException {
            Run run = follow("empty.poll.wait.ms", "3600000");
            assertThat(run.poll()).isNull();
            Thread polling = new Thread(run::poll);
            polling.start();
            run.close();
            polling.join();
        }
    }
}
