package dev.millrace.connector.jdbc;

import dev.millrace.connector.jdbc.sql.Column;
import dev.millrace.connector.jdbc.sql.Dialect;
import dev.millrace.connector.jdbc.sql.RowException;
import dev.millrace.connector.jdbc.sql.TableName;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.data.Schema;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Mark} of each partition, in a table beside the rows. It moves in the transaction that writes the rows,
 * and only from where this task left it: a task that was replaced and does not know it yet can't write any more.
 */
final class SinkOffsets {

    /** Another task has moved the offset: what is known about it is stale, and so is the batch. */
    static final class MovedException extends RuntimeException {
        private MovedException(TopicPartition partition) {
            super(partition + " is written by another task too", null, false, false);
        }
    }

    private static final List<String> KEY = List.of("CONNECTOR", "TOPIC", "KAFKA_PARTITION");
    private static final String NEXT = "NEXT_OFFSET";
    private static final String TIMESTAMP = "LAST_TIMESTAMP";
    private static final List<Column> COLUMNS = List.of(
            new Column(KEY.get(0), Schema.STRING_SCHEMA, true),
            new Column(KEY.get(1), Schema.STRING_SCHEMA, true),
            new Column(KEY.get(2), Schema.INT32_SCHEMA, true),
            new Column(NEXT, Schema.INT64_SCHEMA, false),
            new Column(TIMESTAMP, Schema.OPTIONAL_INT64_SCHEMA, false));

    private final Jdbi jdbi;
    private final Dialect dialect;
    private final TableName table;
    private final String connector;

    SinkOffsets(Jdbi jdbi, JdbcSinkConfig config) {
        this.jdbi = jdbi;
        this.dialect = config.dialect();
        this.table = config.offsetsTable();
        this.connector = config.connector();
    }

    void createTable() {
        try {
            String sql = dialect.createTable(table, COLUMNS);
            jdbi.useHandle(handle -> handle.execute(sql));
        } catch (RowException e) {
            throw new IllegalStateException("a database without text and whole numbers", e);
        }
    }

    /** Null when nothing of the partition has been written yet. */
    @Nullable
    Mark mark(TopicPartition partition) {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT " + dialect.quote(NEXT) + ", "
                        + dialect.quote(TIMESTAMP) + " FROM " + dialect.quote(table) + " WHERE "
                        + dialect.quote(KEY.get(0)) + " = ? AND " + dialect.quote(KEY.get(1)) + " = ? AND "
                        + dialect.quote(KEY.get(2)) + " = ?")
                .bind(0, connector)
                .bind(1, partition.topic())
                .bind(2, partition.partition())
                .map((row, context) -> {
                    long next = row.getLong(1);
                    long timestamp = row.getLong(2);
                    return new Mark(next, row.wasNull() ? null : timestamp);
                })
                .findOne()
                .orElse(null));
    }

    /**
     * In the transaction of the rows.
     *
     * @param from where this task knows the mark to be; null for nowhere yet
     * @throws MovedException when it is elsewhere
     */
    void move(Handle handle, TopicPartition partition, @Nullable Mark from, Mark to) {
        if (from == null) {
            insert(handle, partition, to);
            return;
        }
        int moved = handle.execute(
                dialect.update(table, List.of(KEY.get(0), KEY.get(1), KEY.get(2), NEXT), List.of(NEXT, TIMESTAMP)),
                to.next(),
                to.timestamp(),
                connector,
                partition.topic(),
                partition.partition(),
                from.next());
        if (moved != 1) {
            throw new MovedException(partition);
        }
    }

    /** Puts offsets where someone wants them; null takes the partition's away. */
    void alter(Map<TopicPartition, @Nullable Long> offsets) {
        jdbi.useTransaction(handle -> offsets.forEach((partition, offset) -> {
            handle.execute(dialect.delete(table, KEY), connector, partition.topic(), partition.partition());
            if (offset != null) {
                insert(handle, partition, new Mark(offset, null));
            }
        }));
    }

    private void insert(Handle handle, TopicPartition partition, Mark to) {
        try {
            handle.execute(
                    dialect.insert(table, COLUMNS.stream().map(Column::name).toList()),
                    connector,
                    partition.topic(),
                    partition.partition(),
                    to.next(),
                    to.timestamp());
        } catch (JdbiException e) {
            var cause = Database.cause(e);
            if (cause != null && dialect.isDuplicateKey(cause)) {
                throw new MovedException(partition);
            }
            throw e;
        }
    }
}
