package dev.millrace.connector.jdbc;

import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what it is given before {@link #put} returns, so that whatever offsets the worker commits afterwards are those of
 * durable rows. With {@code exactly.once} the database's own offsets decide where a partition is read on.
 */
public final class JdbcSinkTask extends SinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(JdbcSinkTask.class);

    /** Everything that exists between start and stop. */
    private record Running(
            JdbcSinkConfig config,
            Database database,
            Progress progress,
            @Nullable SinkOffsets offsets,
            SinkWriter writer) {}

    private @Nullable Running running;
    private int failures;

    @Override
    public String version() {
        return JdbcSinkConnector.VERSION;
    }

    /** @throws ConnectException in one line, when the database can't be used with these settings */
    @Override
    public void start(Map<String, String> settings) {
        JdbcSinkConfig config = new JdbcSinkConfig(settings);
        Database database = Database.connect(config);
        try {
            SinkOffsets offsets = config.exactlyOnce() ? new SinkOffsets(database.jdbi(), config) : null;
            if (offsets != null) {
                offsets.createTable();
            }
            Progress progress = new Progress(
                    partition -> offsets == null ? null : offsets.mark(partition),
                    config.insertMode() != JdbcSinkConfig.InsertMode.INSERT);
            SinkWriter writer = new SinkWriter(database, config, offsets, progress, context.errantRecordReporter());
            running = new Running(config, database, progress, offsets, writer);
        } catch (JdbiException e) {
            throw failed(config, e);
        } finally {
            if (running == null) {
                database.close();
            }
        }
    }

    @Override
    public void open(Collection<TopicPartition> partitions) {
        Running task = running();
        if (task.offsets() == null) {
            return;
        }
        for (TopicPartition partition : partitions) {
            Mark mark;
            try {
                mark = task.progress().open(partition);
            } catch (JdbiException e) {
                throw failed(task.config(), e);
            }
            if (mark != null) {
                context.offset(partition, mark.readFrom());
            }
        }
    }

    @Override
    public void close(Collection<TopicPartition> partitions) {
        Running task = running;
        if (task != null) {
            partitions.forEach(task.progress()::close);
        }
    }

    /** @throws RetriableException when trying again may help */
    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        Running task = running();
        try {
            task.writer().write(records);
            startOver(task);
            failures = 0;
        } catch (JdbiException e) {
            task.writer().forget();
            SQLException failure = Database.cause(e);
            JdbcSinkConfig config = task.config();
            if (failure == null || !Database.isTransient(config.dialect(), failure)) {
                throw failed(config, e);
            }
            if (++failures > config.maxRetries()) {
                throw new ConnectException(
                        "given up after " + config.maxRetries() + " retries (max.retries): "
                                + config.dialect().explain(failure, config.url()),
                        e);
            }
            // Whether a commit got through before the connection broke is for the database to say.
            reload(task, records);
            LOG.warn(
                    "tries again: failures={} error={}",
                    failures,
                    config.dialect().explain(failure, config.url()));
            context.timeout(config.retryBackoffMs());
            throw new RetriableException(config.dialect().explain(failure, config.url()), e);
        }
    }

    @Override
    public void stop() {
        Running task = running;
        running = null;
        if (task != null) {
            task.database().close();
        }
    }

    /** Upserts of a topic that was made anew: the rows of the old one are written over. */
    private void startOver(Running task) {
        if (task.offsets() == null) {
            return;
        }
        for (TopicPartition partition : task.progress().anew()) {
            LOG.warn("the topic was made anew and is written from its beginning: partition={}", partition);
            task.offsets().alter(Collections.singletonMap(partition, null));
            task.progress().close(partition);
            context.offset(partition, 0);
        }
    }

    private static void reload(Running task, Collection<SinkRecord> records) {
        if (task.offsets() == null) {
            return;
        }
        try {
            records.stream().map(Progress::partition).distinct().forEach(task.progress()::reload);
        } catch (JdbiException e) {
            // Still no connection. The stale offset is found out when the next batch tries to move it.
            LOG.debug("offsets not reloaded", e);
        }
    }

    private static ConnectException failed(JdbcSinkConfig config, JdbiException e) {
        SQLException failure = Database.cause(e);
        String reason = failure == null
                ? String.valueOf(e.getMessage())
                : config.dialect().explain(failure, config.url());
        return new ConnectException("the database failed: " + reason, e);
    }

    private Running running() {
        Running task = running;
        if (task == null) {
            throw new IllegalStateException("the task is not running");
        }
        return task;
    }
}
