package dev.millrace.connect.task;

import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a source task what has been written. Errors there do not fail the task: what it is told has happened. */
public final class CommitHooks {

    private static final Logger LOG = LoggerFactory.getLogger(CommitHooks.class);

    private final SourceTask task;
    private final boolean wantsRecords;

    CommitHooks(SourceTask task) {
        this.task = task;
        this.wantsRecords = overridesCommitRecord(task);
    }

    private static boolean overridesCommitRecord(SourceTask task) {
        try {
            return task.getClass()
                            .getMethod("commitRecord", SourceRecord.class, RecordMetadata.class)
                            .getDeclaringClass()
                    != SourceTask.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it is worth remembering records until they are committed. */
    boolean wantsRecords() {
        return wantsRecords;
    }

    /** @param metadata null for a record that was not written */
    void recordCommitted(SourceRecord record, @Nullable RecordMetadata metadata) {
        if (!wantsRecords) {
            return;
        }
        try {
            task.commitRecord(record, metadata);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("{}.commitRecord failed", task.getClass().getName(), e);
        }
    }

    void offsetsCommitted() {
        try {
            task.commit();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Interrupted in " + task.getClass().getName() + ".commit", e);
        } catch (RuntimeException e) {
            LOG.error("{}.commit failed", task.getClass().getName(), e);
        }
    }
}
