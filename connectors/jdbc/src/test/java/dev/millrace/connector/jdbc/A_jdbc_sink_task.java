package dev.millrace.connector.jdbc;

import static dev.millrace.connector.jdbc.Worker.record;
import static org.apache.kafka.connect.data.Schema.INT32_SCHEMA;
import static org.apache.kafka.connect.data.Schema.INT64_SCHEMA;
import static org.apache.kafka.connect.data.Schema.OPTIONAL_STRING_SCHEMA;
import static org.apache.kafka.connect.data.Schema.STRING_SCHEMA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Time;
import org.apache.kafka.connect.data.Timestamp;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class A_jdbc_sink_task {

    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static final TopicPartition PARTITION = new TopicPartition("orders", 0);
    private static final Schema ORDER = SchemaBuilder.struct()
            .field("id", INT64_SCHEMA)
            .field("item", OPTIONAL_STRING_SCHEMA)
            .field("count", INT32_SCHEMA)
            .build();

    private final String url = "jdbc:h2:mem:sink" + DATABASES.incrementAndGet();
    private final List<JdbcSinkTask> tasks = new ArrayList<>();
    private Worker worker = Worker.strict();
    private Handle database;

    @BeforeEach
    void a_database() {
        database = Jdbi.open(url);
    }

    @AfterEach
    void stop() {
        tasks.forEach(JdbcSinkTask::stop);
        database.close();
    }

    private Map<String, String> settings(String... keysAndValues) {
        Map<String, String> settings = new HashMap<>();
        settings.put("name", "warehouse");
        settings.put("connection.url", url);
        settings.put("auto.create", "true");
        settings.put("quote.sql.identifiers", "never");
        settings.put("retry.backoff.ms", "7");
        for (int i = 0; i < keysAndValues.length; i += 2) {
            settings.put(keysAndValues[i], keysAndValues[i + 1]);
        }
        return settings;
    }

    private JdbcSinkTask start(String... settings) {
        JdbcSinkTask task = worker.start(settings(settings), PARTITION);
        tasks.add(task);
        return task;
    }

    private static SinkRecord order(long offset, long id, String item, int count) {
        return record(
                offset,
                INT64_SCHEMA,
                id,
                ORDER,
                new Struct(ORDER).put("id", id).put("item", item).put("count", count));
    }

    private List<List<Object>> rows(String sql) {
        return database.createQuery(sql)
                .map((row, context) -> {
                    List<Object> values = new ArrayList<>();
                    for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                        values.add(row.getObject(i));
                    }
                    return values;
                })
                .list();
    }

    private List<List<Object>> orders() {
        return rows("SELECT id, item, count FROM orders ORDER BY id, count");
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    @Nested
    class Inserting {

        @Test
        void makes_the_table_and_adds_a_row_for_each_record() {
            start().put(List.of(order(0, 1, "axe", 2), order(1, 2, null, 3)));
            assertThat(orders()).containsExactly(row(1L, "axe", 2), row(2L, null, 3));
        }

        @Test
        void gives_each_type_its_column_type() {
            Schema all = SchemaBuilder.struct()
                    .field("i8", Schema.INT8_SCHEMA)
                    .field("i16", Schema.INT16_SCHEMA)
                    .field("f32", Schema.FLOAT32_SCHEMA)
                    .field("f64", Schema.FLOAT64_SCHEMA)
                    .field("flag", Schema.BOOLEAN_SCHEMA)
                    .field("bytes", Schema.BYTES_SCHEMA)
                    .field("price", Decimal.schema(2))
                    .field("d", org.apache.kafka.connect.data.Date.SCHEMA)
                    .field("t", Time.SCHEMA)
                    .field("at", Timestamp.SCHEMA)
                    .build();
            start("db.timezone", "Europe/Berlin")
                    .put(List.of(record(
                            0,
                            null,
                            null,
                            all,
                            new Struct(all)
                                    .put("i8", (byte) 1)
                                    .put("i16", (short) 2)
                                    .put("f32", 0.5f)
                                    .put("f64", 0.25)
                                    .put("flag", true)
                                    .put("bytes", new byte[] {1, 2})
                                    .put("price", new BigDecimal("1.50"))
                                    .put("d", new Date(1709164800000L))
                                    .put("t", new Date(3_600_000L))
                                    .put("at", new Date(1498867200123L)))));
            assertThat(rows("SELECT i8, i16, f32, f64, flag, price, CAST(d AS VARCHAR), CAST(t AS VARCHAR),"
                            + " CAST(at AS VARCHAR) FROM orders"))
                    .containsExactly(row(
                            1,
                            2,
                            0.5f,
                            0.25,
                            true,
                            new BigDecimal("1.50"),
                            "2024-02-29",
                            "01:00:00",
                            "2017-07-01 02:00:00.123"));
            assertThat(rows("SELECT column_name, data_type, is_nullable FROM information_schema.columns"
                            + " WHERE table_name = 'ORDERS' AND column_name IN ('AT', 'PRICE', 'BYTES')"
                            + " ORDER BY column_name"))
                    .containsExactly(
                            row("AT", "TIMESTAMP", "NO"),
                            row("BYTES", "BINARY VARYING", "NO"),
                            row("PRICE", "NUMERIC", "NO"));
        }

        @Test
        void writes_reserved_words_as_names() {
            Schema schema = SchemaBuilder.struct()
                    .field("user", STRING_SCHEMA)
                    .field("value", STRING_SCHEMA)
                    .build();
            start("table.name.format", "group")
                    .put(List.of(record(
                            0,
                            null,
                            null,
                            schema,
                            new Struct(schema).put("user", "u").put("value", "v"))));
            assertThat(rows("SELECT \"USER\", \"VALUE\" FROM \"GROUP\"")).containsExactly(row("u", "v"));
        }

        @Test
        void keeps_the_case_of_names_when_they_are_always_quoted() {
            start("quote.sql.identifiers", "always", "table.name.format", "my-${topic}")
                    .put(List.of(order(0, 1, "axe", 2)));
            assertThat(rows("SELECT \"item\" FROM \"my-orders\"")).containsExactly(row("axe"));
        }

        @Test
        void finds_a_table_and_columns_that_are_written_in_another_case() {
            database.execute("CREATE TABLE \"Orders\" (\"Id\" BIGINT, ITEM VARCHAR, COUNT INT)");
            start("auto.create", "false").put(List.of(order(0, 1, "axe", 2)));
            assertThat(rows("SELECT \"Id\", item, count FROM \"Orders\"")).containsExactly(row(1L, "axe", 2));
        }

        @Test
        void writes_to_a_table_of_another_schema() {
            database.execute("CREATE SCHEMA sales");
            start("table.name.format", "sales.${topic}").put(List.of(order(0, 1, "axe", 2)));
            assertThat(rows("SELECT item FROM sales.orders")).containsExactly(row("axe"));
        }

        @Test
        void writes_only_the_fields_that_are_asked_for() {
            start("fields.whitelist", "id").put(List.of(order(0, 1, "axe", 2)));
            assertThat(rows("SELECT * FROM orders")).containsExactly(row(1L));
        }

        @Test
        void takes_topic_partition_and_offset_for_the_key() {
            start("pk.mode", "kafka").put(List.of(order(7, 1, "axe", 2)));
            assertThat(rows("SELECT __connect_topic, __connect_partition, __connect_offset, item FROM orders"))
                    .containsExactly(row("orders", 0, 7L, "axe"));
        }

        @Test
        void sends_more_records_than_a_batch_holds() {
            List<SinkRecord> records = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                records.add(order(i, i, "axe", i));
            }
            start("batch.size", "10").put(records);
            assertThat(rows("SELECT COUNT(*), SUM(count) FROM orders")).containsExactly(row(25L, 300L));
        }

        @Test
        void says_when_the_table_is_missing() {
            assertThatThrownBy(() -> start("auto.create", "false").put(List.of(order(0, 1, "axe", 2))))
                    .isInstanceOf(ConnectException.class)
                    .hasMessage("there is no table orders for topic orders; create it, or set auto.create=true");
        }

        @Test
        void says_when_the_value_has_no_fields() {
            assertThatThrownBy(() -> start().put(List.of(record(5, null, null, STRING_SCHEMA, "hello"))))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith(
                            "topic orders partition 0 offset 5: the value is String, not a struct or map of"
                                    + " fields; use another converter, or the HoistField transform; correct the record");
        }

        @Test
        void says_when_a_field_has_no_column_type() {
            Schema schema = SchemaBuilder.struct()
                    .field("tags", SchemaBuilder.array(STRING_SCHEMA).build())
                    .build();
            assertThatThrownBy(() -> start().put(List.of(
                            record(5, null, null, schema, new Struct(schema).put("tags", List.of("a"))))))
                    .hasMessageContaining("offset 5: column 'TAGS': no column type for ARRAY");
        }
    }

    @Nested
    class Evolving {

        private final Schema wider = SchemaBuilder.struct()
                .field("id", INT64_SCHEMA)
                .field("item", OPTIONAL_STRING_SCHEMA)
                .field("count", INT32_SCHEMA)
                .field("note", OPTIONAL_STRING_SCHEMA)
                .build();

        private SinkRecord wide(long offset) {
            return record(
                    offset,
                    null,
                    null,
                    wider,
                    new Struct(wider).put("id", 2L).put("count", 1).put("note", "hi"));
        }

        @Test
        void adds_columns_when_asked_to() {
            start("auto.evolve", "true").put(List.of(order(0, 1, "axe", 2), wide(1)));
            assertThat(rows("SELECT id, note FROM orders ORDER BY id")).containsExactly(row(1L, null), row(2L, "hi"));
        }

        @Test
        void says_which_column_is_missing_otherwise() {
            JdbcSinkTask task = start();
            task.put(List.of(order(0, 1, "axe", 2)));
            assertThatThrownBy(() -> task.put(List.of(wide(1))))
                    .hasMessage(
                            "table PUBLIC.ORDERS has no column for 'note' of topic orders; add it, set auto.evolve=true,"
                                    + " or leave the field out with fields.whitelist");
        }
    }

    @Nested
    class Upserting {

        @Test
        void replaces_the_row_of_the_same_key_in_the_order_of_the_records() {
            start("insert.mode", "upsert", "pk.mode", "record_value", "pk.fields", "id")
                    .put(List.of(
                            order(0, 1, "axe", 2),
                            order(1, 2, "saw", 1),
                            order(2, 1, "axe", 5),
                            order(3, 1, "oak", 4)));
            assertThat(orders()).containsExactly(row(1L, "oak", 4), row(2L, "saw", 1));
        }

        @Test
        void takes_a_single_value_for_the_key() {
            start("insert.mode", "upsert", "pk.mode", "record_key", "pk.fields", "order_id", "fields.whitelist", "item")
                    .put(List.of(order(0, 1, "axe", 2), order(1, 1, "saw", 1)));
            assertThat(rows("SELECT order_id, item FROM orders")).containsExactly(row(1L, "saw"));
        }

        @Test
        void takes_a_struct_for_the_key() {
            Schema key = SchemaBuilder.struct()
                    .field("a", STRING_SCHEMA)
                    .field("b", INT32_SCHEMA)
                    .build();
            JdbcSinkTask task = start("insert.mode", "upsert", "pk.mode", "record_key", "fields.whitelist", "count");
            for (int i = 0; i < 3; i++) {
                Struct id = new Struct(key).put("a", "x").put("b", i % 2);
                task.put(List.of(record(i, key, id, ORDER, order(i, 1, "axe", i).value())));
            }
            assertThat(rows("SELECT a, b, count FROM orders ORDER BY b"))
                    .containsExactly(row("x", 0, 2), row("x", 1, 1));
        }

        @Test
        void knows_rows_that_are_nothing_but_a_key() {
            Schema schema = SchemaBuilder.struct().field("id", INT64_SCHEMA).build();
            SinkRecord only = record(0, null, null, schema, new Struct(schema).put("id", 1L));
            SinkRecord again = record(1, null, null, schema, new Struct(schema).put("id", 1L));
            start("insert.mode", "upsert", "pk.mode", "record_value").put(List.of(only, again));
            assertThat(rows("SELECT id FROM orders")).containsExactly(row(1L));
        }

        @Test
        void updates_only_rows_that_are_there() {
            JdbcSinkTask task = start("insert.mode", "update", "pk.mode", "record_value", "pk.fields", "id");
            database.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, item VARCHAR, count INT)");
            database.execute("INSERT INTO orders VALUES (1, 'axe', 1)");
            task.put(List.of(order(0, 1, "saw", 9), order(1, 2, "oak", 1)));
            assertThat(orders()).containsExactly(row(1L, "saw", 9));
        }
    }

    @Nested
    class Deleting {

        @Test
        void removes_the_row_of_a_record_without_a_value() {
            start("insert.mode", "upsert", "pk.mode", "record_key", "pk.fields", "id", "delete.enabled", "true")
                    .put(List.of(
                            order(0, 1, "axe", 2),
                            order(1, 2, "saw", 1),
                            record(2, INT64_SCHEMA, 1L, null, null),
                            order(3, 3, "oak", 1),
                            record(4, INT64_SCHEMA, 3L, null, null),
                            order(5, 3, "elm", 1)));
            assertThat(orders()).containsExactly(row(2L, "saw", 1), row(3L, "elm", 1));
        }

        @Test
        void says_how_when_it_is_not_enabled() {
            assertThatThrownBy(() -> start("pk.mode", "record_key", "pk.fields", "id")
                            .put(List.of(record(4, INT64_SCHEMA, 3L, null, null))))
                    .hasMessageContaining(
                            "offset 4: the record has no value; with delete.enabled=true that deletes its row");
        }
    }

    @Nested
    class Without_schemas {

        @Test
        void takes_types_from_the_table() {
            database.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY, item VARCHAR, count INT, at TIMESTAMP(3),"
                    + " price DECIMAL(10, 2))");
            Map<String, Object> value = new HashMap<>();
            value.put("id", 1L);
            value.put("item", null);
            value.put("count", 3L);
            value.put("at", 1498867200123L);
            value.put("price", 1.5);
            start("insert.mode", "upsert", "pk.mode", "record_value", "pk.fields", "id")
                    .put(List.of(
                            record(0, null, null, null, value),
                            record(1, null, null, null, Map.of("id", 2, "item", "saw"))));
            assertThat(rows("SELECT id, item, count, CAST(at AS VARCHAR), price FROM orders ORDER BY id"))
                    .containsExactly(
                            row(1L, null, 3, "2017-07-01 00:00:00.123", new BigDecimal("1.50")),
                            row(2L, "saw", null, null, null));
        }

        @Test
        void makes_the_table_from_declared_types() {
            start(
                            "schemaless.fields", "window_start:timestamp,rank:int32,hashtag:string,tweets:int64",
                            "insert.mode", "upsert",
                            "pk.mode", "record_value",
                            "pk.fields", "window_start,rank")
                    .put(List.of(
                            record(
                                    0,
                                    null,
                                    null,
                                    null,
                                    Map.of("window_start", 60_000L, "rank", 1L, "hashtag", "a", "tweets", 5L)),
                            record(
                                    1,
                                    null,
                                    null,
                                    null,
                                    Map.of(
                                            "window_start",
                                            60_000L,
                                            "rank",
                                            1L,
                                            "hashtag",
                                            "b",
                                            "tweets",
                                            6L,
                                            "extra",
                                            1))));
            assertThat(rows("SELECT CAST(window_start AS VARCHAR), rank, hashtag, tweets FROM orders"))
                    .containsExactly(row("1970-01-01 00:01:00", 1, "b", 6L));
        }

        @Test
        void rounds_nothing() {
            assertThatThrownBy(() -> start("schemaless.fields", "count:int32")
                            .put(List.of(record(3, null, null, null, Map.of("count", 1.5)))))
                    .hasMessageContaining("offset 3: column 'count' is no int32");
        }

        @Test
        void says_where_types_could_come_from() {
            assertThatThrownBy(() -> start().put(List.of(record(3, null, null, null, Map.of("count", 1)))))
                    .hasMessageContaining(
                            "there is no table orders to take one from; create the table, or name the types"
                                    + " with schemaless.fields");
        }

        @Test
        void says_which_field_has_no_column() {
            database.execute("CREATE TABLE orders (id BIGINT)");
            assertThatThrownBy(() -> start().put(List.of(record(3, null, null, null, Map.of("count", 1)))))
                    .hasMessageContaining("table orders has no column for field 'count'");
        }
    }

    @Nested
    class Meeting_a_record_it_can_not_write {

        @BeforeEach
        void a_table_with_a_rule() {
            database.execute(
                    "CREATE TABLE orders (id BIGINT PRIMARY KEY, item VARCHAR(5), count INT CHECK (count > 0))");
        }

        private List<SinkRecord> tenWithBadOnes() {
            List<SinkRecord> records = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                records.add(order(i, i, i == 3 ? "too long" : "axe", i == 7 ? -1 : 1));
            }
            records.add(order(10, 5, "again", 1));
            return records;
        }

        @Test
        void sets_it_aside_and_writes_all_others() {
            worker = Worker.tolerant();
            start().put(tenWithBadOnes());
            assertThat(worker.setAside).extracting(SinkRecord::kafkaOffset).containsExactly(3L, 7L, 10L);
            assertThat(rows("SELECT id FROM orders ORDER BY id"))
                    .extracting(row -> row.get(0))
                    .containsExactly(0L, 1L, 2L, 4L, 5L, 6L, 8L, 9L);
            assertThat(worker.reasons.get(0))
                    .startsWith("topic orders partition 0 offset 3: Value too long for column \"ITEM");
            assertThat(worker.reasons).allSatisfy(reason -> assertThat(reason).doesNotContain("\n", "INSERT INTO"));
        }

        @Test
        void sets_one_aside_that_can_not_become_a_row() {
            worker = Worker.tolerant();
            JdbcSinkTask task = start();
            task.put(List.of(order(0, 0, "axe", 1), record(1, null, null, null, "text"), order(2, 2, "axe", 1)));
            assertThat(worker.setAside).extracting(SinkRecord::kafkaOffset).containsExactly(1L);
            assertThat(orders()).hasSize(2);
        }

        @Test
        void fails_with_one_line_that_names_it_when_nothing_may_be_set_aside() {
            JdbcSinkTask task = start();
            assertThatThrownBy(() -> task.put(tenWithBadOnes()))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith("topic orders partition 0 offset 3: Value too long for column")
                    .hasMessageContaining("errors.deadletterqueue.topic.name")
                    .message()
                    .doesNotContain("\n");
            assertThat(orders()).hasSize(3);
        }

        @Test
        void moves_the_offset_past_it() {
            worker = Worker.tolerant();
            start().put(tenWithBadOnes());
            Worker next = Worker.strict();
            tasks.add(next.start(settings(), PARTITION));
            assertThat(next.rewinds).containsEntry(PARTITION, 11L);
        }
    }

    @Nested
    class Exactly_once {

        @Test
        void asks_for_the_offset_after_the_last_row_when_it_is_started_again() {
            start().put(List.of(order(5, 1, "axe", 2), order(8, 2, "saw", 1)));
            assertThat(worker.rewinds).isEmpty();
            Worker next = Worker.strict();
            tasks.add(next.start(settings(), PARTITION, new TopicPartition("orders", 1)));
            assertThat(next.rewinds).isEqualTo(Map.of(PARTITION, 9L));
        }

        @Test
        void leaves_out_what_is_in_the_database_when_a_batch_is_delivered_again() {
            JdbcSinkTask task = start();
            task.put(List.of(order(0, 1, "axe", 2), order(1, 2, "saw", 1)));
            task.put(List.of(order(1, 2, "saw", 1), order(2, 3, "oak", 1)));
            assertThat(orders()).hasSize(3);
        }

        private SinkRecord at(long offset, long timestamp, long id) {
            return new SinkRecord(
                    "orders",
                    0,
                    null,
                    null,
                    ORDER,
                    order(offset, id, "axe", 1).value(),
                    offset,
                    timestamp,
                    TimestampType.CREATE_TIME);
        }

        @Test
        void begins_with_the_record_written_last_and_leaves_it_out() {
            start().put(List.of(at(0, 100, 1), at(1, 200, 2)));
            JdbcSinkTask next = start();
            assertThat(worker.rewinds).containsEntry(PARTITION, 1L);
            next.put(List.of(at(1, 200, 2), at(2, 300, 3)));
            assertThat(orders()).hasSize(3);
        }

        @Test
        void goes_on_when_the_record_written_last_has_been_compacted_away() {
            start().put(List.of(at(0, 100, 1), at(1, 200, 2)));
            start().put(List.of(at(5, 300, 3)));
            assertThat(orders()).hasSize(3);
        }

        @Test
        void refuses_a_topic_that_has_another_record_there_rather_than_leave_its_records_out() {
            start().put(List.of(at(0, 100, 1), at(1, 200, 2)));
            JdbcSinkTask next = start();
            assertThatThrownBy(() -> next.put(List.of(at(1, 201, 8))))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith(
                            "topic orders partition 0 is not the one whose records up to offset 1 are in the"
                                    + " database: it was made anew; reset the connector's offsets");
        }

        @Test
        void refuses_a_topic_that_begins_before_the_record_it_asked_for() {
            start().put(List.of(order(0, 1, "axe", 2), order(1, 2, "saw", 1)));
            JdbcSinkTask next = start();
            assertThatThrownBy(() -> next.put(List.of(order(0, 9, "new", 1))))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("made anew");
        }

        @Test
        void writes_a_topic_that_was_made_anew_from_its_beginning_when_that_does_no_harm() {
            String[] upserts = {"insert.mode", "upsert", "pk.mode", "record_value", "pk.fields", "id"};
            start(upserts).put(List.of(at(0, 100, 1), at(1, 200, 2)));
            JdbcSinkTask next = start(upserts);
            next.put(List.of(at(1, 777, 8), at(2, 778, 9)));
            assertThat(worker.rewinds).containsEntry(PARTITION, 0L);
            next.put(List.of(at(0, 776, 7), at(1, 777, 8), at(2, 778, 9)));
            assertThat(orders()).extracting(row -> row.get(0)).containsExactly(1L, 2L, 7L, 8L, 9L);
        }

        @Test
        void keeps_a_task_that_was_replaced_from_writing_twice() {
            JdbcSinkTask zombie = start();
            zombie.put(List.of(order(0, 1, "axe", 2)));
            JdbcSinkTask successor = start();
            successor.put(List.of(order(1, 2, "saw", 1), order(2, 3, "oak", 1)));
            zombie.put(List.of(order(1, 2, "saw", 1), order(2, 3, "oak", 1), order(3, 4, "elm", 1)));
            assertThat(orders()).hasSize(4);
            successor.put(List.of(order(3, 4, "elm", 1), order(4, 5, "fir", 1)));
            assertThat(orders()).hasSize(5);
        }

        @Test
        void keeps_two_that_begin_at_the_same_time_apart() {
            JdbcSinkTask one = start();
            JdbcSinkTask other = start();
            one.put(List.of(order(0, 1, "axe", 2)));
            other.put(List.of(order(0, 1, "axe", 2), order(1, 2, "saw", 1)));
            assertThat(orders()).hasSize(2);
        }

        @Test
        void knows_partitions_by_the_topic_they_were_read_from() {
            SinkRecord routed = new SinkRecord(
                    "orders",
                    0,
                    null,
                    null,
                    ORDER,
                    order(0, 1, "axe", 2).value(),
                    4,
                    null,
                    null,
                    List.of(),
                    "raw",
                    2,
                    4L);
            start().put(List.of(routed));
            assertThat(rows("SELECT connector, topic, kafka_partition, next_offset FROM millrace_sink_offsets"))
                    .containsExactly(row("warehouse", "raw", 2, 5L));
        }

        @Test
        void takes_its_offsets_from_the_database_when_a_user_alters_them() {
            start().put(List.of(order(0, 1, "axe", 2)));
            JdbcSinkConnector connector = new JdbcSinkConnector();
            connector.alterOffsets(settings(), Map.of(PARTITION, 40L));
            Worker altered = Worker.strict();
            tasks.add(altered.start(settings(), PARTITION));
            assertThat(altered.rewinds).containsEntry(PARTITION, 40L);
            connector.alterOffsets(settings(), Collections.singletonMap(PARTITION, null));
            Worker reset = Worker.strict();
            tasks.add(reset.start(settings(), PARTITION));
            assertThat(reset.rewinds).isEmpty();
        }

        @Test
        void leaves_offsets_to_the_worker_when_it_is_off() {
            start("exactly.once", "false").put(List.of(order(0, 1, "axe", 2)));
            start("exactly.once", "false").put(List.of(order(0, 1, "axe", 2)));
            assertThat(orders()).hasSize(2);
            assertThat(rows("SELECT table_name FROM information_schema.tables WHERE table_schema = 'PUBLIC'"))
                    .containsExactly(row("ORDERS"));
        }
    }

    @Nested
    class Losing_the_database {

        @Test
        void asks_to_try_again_while_a_lock_is_held_and_writes_once_it_is_free() {
            JdbcSinkTask task = start("connection.url", url + ";LOCK_TIMEOUT=1");
            task.put(List.of(order(0, 1, "axe", 2)));
            database.begin();
            database.execute("UPDATE millrace_sink_offsets SET next_offset = next_offset");
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> task.put(List.of(order(1, 2, "saw", 1))))
                        .isInstanceOf(RetriableException.class);
            }
            assertThat(worker.timeoutMs).isEqualTo(7);
            database.rollback();
            task.put(List.of(order(1, 2, "saw", 1)));
            assertThat(orders()).hasSize(2);
        }

        @Test
        void gives_up_after_as_many_retries_as_are_allowed() {
            JdbcSinkTask task = start("connection.url", url + ";LOCK_TIMEOUT=1", "max.retries", "1");
            task.put(List.of(order(0, 1, "axe", 2)));
            database.begin();
            database.execute("UPDATE millrace_sink_offsets SET next_offset = next_offset");
            assertThatThrownBy(() -> task.put(List.of(order(1, 2, "saw", 1)))).isInstanceOf(RetriableException.class);
            assertThatThrownBy(() -> task.put(List.of(order(1, 2, "saw", 1))))
                    .isNotInstanceOf(RetriableException.class)
                    .hasMessageStartingWith("given up after 1 retries (max.retries): Timeout trying to lock table");
            database.rollback();
        }

        @Test
        void names_the_file_that_another_process_has_open(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("shop.mv.db");
            try (FileChannel other = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                assertThat(other.lock()).isNotNull();
                assertThatThrownBy(() -> start("connection.url", "jdbc:h2:" + folder.resolve("shop")))
                        .isInstanceOf(ConnectException.class)
                        .hasMessage("connection.url: can't connect: another process has the database of jdbc:h2:"
                                + folder.resolve("shop")
                                + " open; stop it, or add ;AUTO_SERVER=TRUE to the URL in both");
            }
        }

        /** H2 would say it on standard error as well, with a stack trace. */
        @Test
        void is_the_only_one_to_say_that_the_file_can_not_be_made(@TempDir Path folder) throws IOException {
            Path file = Files.createFile(folder.resolve("file"));
            PrintStream standardError = System.err;
            var heard = new ByteArrayOutputStream();
            System.setErr(new PrintStream(heard, true, StandardCharsets.UTF_8));
            try {
                assertThatThrownBy(() -> start("connection.url", "jdbc:h2:file:" + file.resolve("shop")))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageStartingWith("connection.url: can't connect: ");
            } finally {
                System.setErr(standardError);
            }
            assertThat(heard.toString(StandardCharsets.UTF_8)).isEmpty();
        }

        @Test
        void says_when_the_password_is_wrong(@TempDir Path folder) {
            String file = "jdbc:h2:" + folder.resolve("shop");
            Jdbi.open(file, "sa", "secret").close();
            assertThatThrownBy(() ->
                            start("connection.url", file, "connection.user", "sa", "connection.password", "wrong"))
                    .hasMessage("connection.url: can't connect: wrong user name or password for " + file);
        }
    }

    @Nested
    class On_a_file {

        @Test
        void has_each_commit_in_the_file_when_put_returns(@TempDir Path folder) throws Exception {
            Path file = folder.resolve("shop.mv.db");
            JdbcSinkTask task = start("connection.url", "jdbc:h2:" + folder.resolve("shop"));
            task.put(List.of(order(0, 1, "axe", 2)));
            Path copy = folder.resolve("copy.mv.db");
            // What a killed process would leave behind.
            Files.copy(file, copy);
            try (Handle left = Jdbi.open("jdbc:h2:" + folder.resolve("copy"))) {
                assertThat(left.createQuery("SELECT item FROM orders")
                                .mapTo(String.class)
                                .list())
                        .containsExactly("axe");
            }
        }
    }
}
