package dev.millrace.connector.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.millrace.connector.jdbc.sql.Dialect;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.errors.ConnectException;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connection of one task, kept by a pool of one that replaces it when it breaks. */
final class Database implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    /** The worker wants an answer well before it gives a task up; trying again is the worker's business. */
    private static final long CONNECTION_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(10);

    private final HikariDataSource pool;
    private final Jdbi jdbi;

    private Database(HikariDataSource pool) {
        this.pool = pool;
        this.jdbi = Jdbi.create(pool);
    }

    /** @throws ConnectException in one line, when there is no connecting with these settings */
    static Database connect(JdbcSinkConfig config) {
        check(config);
        HikariConfig settings = new HikariConfig();
        settings.setPoolName("jdbc-sink " + config.connector());
        settings.setDriverClassName(config.dialect().driver());
        settings.setJdbcUrl(config.url());
        settings.setUsername(config.user());
        settings.setPassword(config.password());
        config.dialect().driverProperties(config.url()).forEach(settings::addDataSourceProperty);
        settings.setMaximumPoolSize(1);
        settings.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
        settings.setConnectionInitSql(String.join("; ", config.dialect().sessionStatements(config.url())));
        return new Database(new HikariDataSource(settings));
    }

    Jdbi jdbi() {
        return jdbi;
    }

    @Override
    public void close() {
        pool.close();
    }

    /** The first SQL failure behind an exception, or null. */
    static @Nullable SQLException cause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.sql.BatchUpdateException batch && batch.getNextException() != null) {
                return batch.getNextException();
            }
            if (cause instanceof SQLException sql && !(sql.getCause() instanceof SQLException)) {
                return sql;
            }
        }
        return null;
    }

    static boolean isTransient(Dialect dialect, SQLException failure) {
        return failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || dialect.isTransient(failure);
    }

    /** The pool would keep trying, and say only that it could not: so the first connection is made without it. */
    private static void check(JdbcSinkConfig config) {
        Dialect dialect = config.dialect();
        for (int attempt = 1; ; attempt++) {
            try (Connection connection = open(config);
                    Statement statement = connection.createStatement()) {
                for (String sql : dialect.sessionStatements(config.url())) {
                    statement.execute(sql);
                }
                return;
            } catch (SQLException e) {
                if (!isTransient(dialect, e) || attempt >= config.connectionAttempts()) {
                    throw new ConnectException(
                            Settings.URL + ": can't connect: " + dialect.explain(e, config.url()), e);
                }
                LOG.warn("no connection yet: url={} attempt={} error={}", config.url(), attempt, e.getMessage());
                pause(config.connectionBackoffMs());
            }
        }
    }

    private static Connection open(JdbcSinkConfig config) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(config.dialect().driverProperties(config.url()));
        if (config.user() != null) {
            properties.put("user", config.user());
        }
        if (config.password() != null) {
            properties.put("password", config.password());
        }
        String name = config.dialect().driver();
        try {
            // Not through DriverManager: it may not see drivers of a plugin's class loader.
            Driver driver = Class.forName(name, true, Database.class.getClassLoader())
                    .asSubclass(Driver.class)
                    .getConstructor()
                    .newInstance();
            Connection connection = driver.connect(config.url(), properties);
            if (connection == null) {
                throw new ConnectException(Settings.URL + ": " + name + " does not take " + config.url());
            }
            return connection;
        } catch (ReflectiveOperationException e) {
            throw new ConnectException("the driver " + name + " is missing; put its jar into the plugin's folder", e);
        }
    }

    private static void pause(long ms) {
        try {
            TimeUnit.MILLISECONDS.sleep(ms);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("stopped while waiting for the database", e);
        }
    }
}
