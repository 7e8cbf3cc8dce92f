package dev.millrace.broker.log.batch;

import java.util.List;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;

/** What an exception that refuses a batch may say of single records (Produce response, record_errors; KIP-467). */
public interface RecordErrors {

    /**
     * A record that is the reason.
     *
     * @param index in its batch
     */
    record RecordError(int index, String message) {}

    List<RecordError> recordErrors();

    /** INVALID_RECORD. */
    final class InvalidRecords extends InvalidRecordException implements RecordErrors {
        private static final long serialVersionUID = 1L;
        private final transient List<RecordError> recordErrors;

        InvalidRecords(String message, List<RecordError> recordErrors) {
            super(message);
            this.recordErrors = List.copyOf(recordErrors);
        }

        @Override
        public List<RecordError> recordErrors() {
            return recordErrors;
        }
    }

    /** INVALID_TIMESTAMP. */
    final class InvalidTimestamps extends InvalidTimestampException implements RecordErrors {
        private static final long serialVersionUID = 1L;
        private final transient List<RecordError> recordErrors;

        InvalidTimestamps(String message, List<RecordError> recordErrors) {
            super(message);
            this.recordErrors = List.copyOf(recordErrors);
        }

        @Override
        public List<RecordError> recordErrors() {
            return recordErrors;
        }
    }
}
