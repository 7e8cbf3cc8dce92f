package dev.millrace.connector.jdbc;

import dev.millrace.connector.jdbc.sql.Change;
import dev.millrace.connector.jdbc.sql.Column;
import dev.millrace.connector.jdbc.sql.Dialect;
import dev.millrace.connector.jdbc.sql.RowException;
import dev.millrace.connector.jdbc.sql.RowMaker;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.ErrantRecordReporter;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches, each in one transaction together with its offsets. A batch that the database refuses is halved until the
 * row that it refuses is found; what stands before and after that row is written, in order.
 */
final class SinkWriter {

    /** A record and what it does; nothing for one that was set aside and only moves the offset. */
    private record Item(SinkRecord record, @Nullable Change change) {}

    private static final int MOVED_MAX = 3;

    private final Database database;
    private final JdbcSinkConfig config;
    private final Dialect dialect;
    private final Tables tables;
    private final RowMaker rows;
    private final @Nullable SinkOffsets offsets;
    private final Progress progress;
    private final @Nullable ErrantRecordReporter reporter;

    /**
     * @param offsets  null when they are left to the worker
     * @param reporter null when a record that can't be written is to fail the task
     */
    SinkWriter(
            Database database,
            JdbcSinkConfig config,
            @Nullable SinkOffsets offsets,
            Progress progress,
            @Nullable ErrantRecordReporter reporter) {
        this.database = database;
        this.config = config;
        this.dialect = config.dialect();
        this.tables = new Tables(database.jdbi(), config);
        this.rows = new RowMaker(config.rules(), tables::columns);
        this.offsets = offsets;
        this.progress = progress;
        this.reporter = reporter;
    }

    /**
     * Returns once all of them are durable, or were set aside.
     *
     * @throws JdbiException    when the database failed; some may have been written
     * @throws ConnectException in one line, for a record that can't be written
     */
    void write(Collection<SinkRecord> records) {
        for (int attempt = 1; ; attempt++) {
            List<SinkRecord> fresh = offsets == null ? List.copyOf(records) : progress.fresh(records);
            if (fresh.isEmpty()) {
                return;
            }
            try {
                writeHalving(items(fresh));
                return;
            } catch (SinkOffsets.MovedException e) {
                if (attempt == MOVED_MAX) {
                    throw new ConnectException(
                            e.getMessage() + "; is a connector of the same name running elsewhere?", e);
                }
                Progress.after(fresh).keySet().forEach(progress::reload);
            }
        }
    }

    /** What was learned about tables may no longer hold. */
    void forget() {
        tables.forget();
        rows.forget();
    }

    private List<Item> items(List<SinkRecord> records) {
        List<Item> items = new ArrayList<>(records.size());
        for (SinkRecord record : records) {
            Change change = null;
            try {
                change = rows.make(record);
                tables.target(change);
            } catch (RowException e) {
                setAside(record, e.reason(), e);
                change = null;
            }
            items.add(new Item(record, change));
        }
        return items;
    }

    private void writeHalving(List<Item> items) {
        try {
            commit(items);
        } catch (JdbiException e) {
            SQLException failure = Database.cause(e);
            if (failure == null || Database.isTransient(dialect, failure)) {
                throw e;
            }
            if (items.size() == 1) {
                Item item = items.get(0);
                setAside(item.record(), dialect.explain(failure, config.url()), failure);
                commit(List.of(new Item(item.record(), null)));
                return;
            }
            int half = items.size() / 2;
            writeHalving(items.subList(0, half));
            writeHalving(items.subList(half, items.size()));
        }
    }

    private void commit(List<Item> items) {
        Map<TopicPartition, Mark> after =
                Progress.after(items.stream().map(Item::record).toList());
        database.jdbi().useTransaction(handle -> {
            if (offsets != null) {
                // First: a task that was replaced waits here, and then learns that it was.
                for (Map.Entry<TopicPartition, Mark> move : after.entrySet()) {
                    offsets.move(handle, move.getKey(), progress.mark(move.getKey()), move.getValue());
                }
            }
            apply(handle, items);
        });
        if (offsets != null) {
            progress.moved(after);
        }
    }

    /** Runs of the same statement go to the database together; their order is kept. */
    private void apply(Handle handle, List<Item> items) {
        int start = 0;
        while (start < items.size()) {
            Change first = items.get(start).change();
            if (first == null) {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < items.size() && end - start < config.batchSize() && isSameStatement(first, items.get(end))) {
                end++;
            }
            execute(handle, first, items.subList(start, end));
            start = end;
        }
    }

    private static boolean isSameStatement(Change first, Item item) {
        Change change = item.change();
        return change != null && change.columns() == first.columns() && change.kind() == first.kind();
    }

    private void execute(Handle handle, Change first, List<Item> run) {
        int keys = (int) first.columns().stream().filter(Column::key).count();
        boolean keysLast = first.kind() == Change.Kind.WRITE && config.insertMode() == JdbcSinkConfig.InsertMode.UPDATE;
        try (PreparedBatch batch = handle.prepareBatch(statement(first, keys))) {
            for (Item item : run) {
                Change change = item.change();
                if (change == null) {
                    continue;
                }
                @Nullable Object[] values = change.values();
                for (int i = 0; i < values.length; i++) {
                    int column = keysLast ? (i + keys) % values.length : i;
                    Object value = values[column];
                    Argument argument = (position, statement, context) -> statement.setObject(position, value);
                    batch.bind(i, argument);
                }
                batch.add();
            }
            batch.execute();
        }
    }

    private String statement(Change change, int keys) {
        Tables.Target target;
        try {
            target = tables.target(change);
        } catch (RowException e) {
            throw new IllegalStateException("the table was there a moment ago", e);
        }
        List<String> keyNames = target.columns().subList(0, keys);
        List<String> others = target.columns().subList(keys, target.columns().size());
        if (change.kind() == Change.Kind.DELETE) {
            return dialect.delete(target.table(), keyNames);
        }
        return switch (config.insertMode()) {
            case INSERT -> dialect.insert(target.table(), target.columns());
            case UPSERT -> dialect.upsert(target.table(), keyNames, others);
            case UPDATE -> {
                if (others.isEmpty()) {
                    throw new ConnectException(
                            "table " + target.table()
                                    + ": nothing to update beside the primary key; set insert.mode=upsert, or see fields.whitelist");
                }
                yield dialect.update(target.table(), keyNames, others);
            }
        };
    }

    /** Returns once it is known that the record is kept elsewhere: the offset must not pass it before. */
    private void setAside(SinkRecord record, String reason, Exception cause) {
        String message = "topic " + record.originalTopic() + " partition " + record.originalKafkaPartition()
                + " offset " + record.originalKafkaOffset() + ": " + reason;
        if (reporter == null) {
            throw new ConnectException(
                    message + "; correct the record or the table, or set errors.tolerance=all and"
                            + " errors.deadletterqueue.topic.name to set such records aside",
                    cause);
        }
        try {
            reporter.report(record, new ConnectException(message, cause)).get();
        } catch (ExecutionException e) {
            throw new ConnectException(message + "; it could not be set aside: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("stopped while a record was being set aside", e);
        }
    }
}
