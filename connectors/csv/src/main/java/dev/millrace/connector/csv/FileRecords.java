package dev.millrace.connector.csv;

import dev.millrace.connector.csv.row.MalformedRowException;
import dev.millrace.connector.csv.row.Row;
import dev.millrace.connector.csv.row.RowShape;
import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The records of one file, in order. Where the file ends for good, the last record says so in its source offset. */
final class FileRecords implements Closeable {

    static final String HEADER_FILE = "csv.file";
    static final String HEADER_LINE = "csv.line";
    static final String HEADER_OFFSET = "csv.offset";
    static final String HEADER_REASON = "csv.reason";

    private static final Logger LOG = LoggerFactory.getLogger(FileRecords.class);
    private static final int SKIPPED_LOGGED_MAX = 10;

    private final CsvFile file;
    private final CsvSourceConfig config;
    private final Map<String, String> partition;
    /** Waits for the next one, or for the end of the file, to know whether it is the last. */
    private @Nullable SourceRecord held;

    /** Thrown again at each call: the row will not get better. */
    private @Nullable ConnectException failure;

    private long skipped;

    FileRecords(CsvFile file, CsvSourceConfig config) {
        this.file = file;
        this.config = config;
        this.partition = FilePosition.partition(file.path().toString());
    }

    /**
     * @return null when there is none now; where the file's end is final, when there will be none
     * @throws ConnectException for a malformed row, when these are to fail the task
     */
    @Nullable
    SourceRecord next() throws IOException {
        if (!file.endIsFinal()) {
            return nextOfGrowingFile();
        }
        while (true) {
            SourceRecord ready = held;
            SourceRecord following = null;
            if (failure == null) {
                try {
                    following = nextInFile();
                } catch (ConnectException e) {
                    failure = e;
                }
            }
            held = following;
            if (ready != null) {
                return following == null && failure == null ? atEnd(ready) : ready;
            }
            if (failure != null) {
                throw failure;
            }
            if (following == null) {
                return null;
            }
        }
    }

    /** Up to the row read last, which may be one beyond the record returned last; null before the first row of values. */
    @Nullable
    FilePosition position() {
        return file.hasHeader() ? file.position(false) : null;
    }

    @Override
    public void close() throws IOException {
        if (skipped > SKIPPED_LOGGED_MAX) {
            LOG.warn("malformed rows left out: file={} count={}", file.path(), skipped);
        }
        file.close();
    }

    private @Nullable SourceRecord nextOfGrowingFile() throws IOException {
        if (failure != null) {
            throw failure;
        }
        try {
            return nextInFile();
        } catch (ConnectException e) {
            failure = e;
            throw e;
        }
    }

    private @Nullable SourceRecord nextInFile() throws IOException {
        while (true) {
            Row row = file.next();
            if (row == null) {
                return null;
            }
            SourceRecord record = record(row);
            if (record != null) {
                return record;
            }
        }
    }

    /** Null for a row that is left out. */
    private @Nullable SourceRecord record(Row row) {
        if (row instanceof Row.Parsed parsed) {
            try {
                RowShape shape = file.shape();
                Struct value = shape.value(parsed.columns());
                return new SourceRecord(
                        partition,
                        file.position(false).toOffset(),
                        config.topic(),
                        null,
                        shape.keySchema(),
                        shape.key(value),
                        shape.valueSchema(),
                        value,
                        shape.timestamp(value));
            } catch (MalformedRowException e) {
                return malformed(row, e.reason());
            }
        }
        return malformed(row, ((Row.Malformed) row).reason());
    }

    private @Nullable SourceRecord malformed(Row row, String reason) {
        switch (config.onMalformedRow()) {
            case FAIL ->
                throw new ConnectException(file.path() + ":" + row.line() + ": malformed row at byte " + row.offset()
                        + ": " + reason + "; correct it, or set malformed.rows to skip or dead-letter");
            case SKIP -> {
                if (++skipped <= SKIPPED_LOGGED_MAX) {
                    LOG.warn(
                            "malformed row left out: file={} line={} offset={} reason={}",
                            file.path(),
                            row.line(),
                            row.offset(),
                            reason);
                }
                return null;
            }
            case DEAD_LETTER -> {
                ConnectHeaders headers = new ConnectHeaders();
                headers.addString(HEADER_FILE, file.path().toString());
                headers.addLong(HEADER_LINE, row.line());
                headers.addLong(HEADER_OFFSET, row.offset());
                headers.addString(HEADER_REASON, reason);
                return new SourceRecord(
                        partition,
                        file.position(false).toOffset(),
                        config.malformedRowsTopic(),
                        null,
                        null,
                        null,
                        Schema.STRING_SCHEMA,
                        row.text(),
                        null,
                        headers);
            }
        }
        throw new IllegalStateException("unknown policy " + config.onMalformedRow());
    }

    /** The end is where the file ends: line ends and rows left out after the last record need no second look. */
    private SourceRecord atEnd(SourceRecord last) {
        return new SourceRecord(
                partition,
                file.position(true).toOffset(),
                last.topic(),
                last.kafkaPartition(),
                last.keySchema(),
                last.key(),
                last.valueSchema(),
                last.value(),
                last.timestamp(),
                last.headers());
    }
}
