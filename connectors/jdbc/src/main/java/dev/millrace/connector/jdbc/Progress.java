package dev.millrace.connector.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/**
 * What this task knows of how far each of its partitions is in the database.
 *
 * <p>A topic that was deleted and made anew has other records at the offsets that the database has already: reading on at the
 * stored offset would lose them silently. So reading begins one record earlier, and that record must be the one that was
 * written last.
 */
final class Progress {

    private final Function<TopicPartition, @Nullable Mark> stored;
    private final boolean idempotent;
    private final Map<TopicPartition, Mark> marks = new HashMap<>();
    private final Set<TopicPartition> begun = new HashSet<>();
    private final Set<TopicPartition> anew = new HashSet<>();

    /**
     * @param stored     reads a partition's mark from the database; null when there is none
     * @param idempotent whether writing a record again does no harm
     */
    Progress(Function<TopicPartition, @Nullable Mark> stored, boolean idempotent) {
        this.stored = stored;
        this.idempotent = idempotent;
    }

    static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    /** Null to read where the worker would. */
    @Nullable
    Mark open(TopicPartition partition) {
        close(partition);
        return reload(partition);
    }

    void close(TopicPartition partition) {
        marks.remove(partition);
        begun.remove(partition);
        anew.remove(partition);
    }

    @Nullable
    Mark mark(TopicPartition partition) {
        return marks.get(partition);
    }

    void moved(Map<TopicPartition, Mark> to) {
        marks.putAll(to);
    }

    @Nullable
    Mark reload(TopicPartition partition) {
        Mark mark = stored.apply(partition);
        if (mark == null) {
            marks.remove(partition);
        } else {
            marks.put(partition, mark);
        }
        return mark;
    }

    /**
     * Without those whose rows are in the database already, and without those of partitions that begin {@link #anew}.
     *
     * @throws ConnectException when a partition is not the one that was written, and writing it from its beginning could
     *     double rows
     */
    List<SinkRecord> fresh(Collection<SinkRecord> records) {
        List<SinkRecord> fresh = new ArrayList<>(records.size());
        for (SinkRecord record : records) {
            TopicPartition partition = partition(record);
            Mark mark = marks.get(partition);
            if (begun.add(partition) && mark != null && isOfAnotherTopic(record, mark)) {
                if (!idempotent) {
                    throw new ConnectException("topic " + partition.topic() + " partition " + partition.partition()
                            + " is not the one whose records up to offset " + (mark.next() - 1)
                            + " are in the database: it was made anew; reset the connector's offsets through the worker,"
                            + " or give the connector another name");
                }
                anew.add(partition);
            }
            if (!anew.contains(partition) && (mark == null || record.originalKafkaOffset() >= mark.next())) {
                fresh.add(record);
            }
        }
        return fresh;
    }

    /** Partitions that are to be read from their beginning, their marks forgotten. */
    Set<TopicPartition> anew() {
        return Set.copyOf(anew);
    }

    /** The marks once all of these are written. */
    static Map<TopicPartition, Mark> after(List<SinkRecord> records) {
        Map<TopicPartition, Mark> after = new LinkedHashMap<>();
        records.forEach(record -> after.merge(
                partition(record), Mark.after(record), (one, other) -> other.next() > one.next() ? other : one));
        return after;
    }

    /** A record that comes after the mark tells nothing: the one before may have been compacted away. */
    private static boolean isOfAnotherTopic(SinkRecord first, Mark mark) {
        long offset = first.originalKafkaOffset();
        return offset < mark.readFrom()
                || (offset == mark.next() - 1 && !Objects.equals(first.timestamp(), mark.timestamp()));
    }
}
