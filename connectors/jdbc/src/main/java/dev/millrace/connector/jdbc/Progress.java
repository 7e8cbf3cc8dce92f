package dev.millrace.connector.jdbc;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;

/** What this task knows of how far each of its partitions is in the database. */
final class Progress {

    private final Function<TopicPartition, @Nullable Long> stored;
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Set<TopicPartition> begun = new HashSet<>();

    /** @param stored reads the offset to read next from the database */
    Progress(Function<TopicPartition, @Nullable Long> stored) {
        this.stored = stored;
    }

    static TopicPartition partition(SinkRecord record) {
        return new TopicPartition(record.originalTopic(), record.originalKafkaPartition());
    }

    /** @return where to read on, or null to read where the worker would */
    @Nullable
    Long open(TopicPartition partition) {
        begun.remove(partition);
        return reload(partition);
    }

    void close(TopicPartition partition) {
        next.remove(partition);
        begun.remove(partition);
    }

    @Nullable
    Long next(TopicPartition partition) {
        return next.get(partition);
    }

    void moved(Map<TopicPartition, Long> to) {
        next.putAll(to);
    }

    @Nullable
    Long reload(TopicPartition partition) {
        Long offset = stored.apply(partition);
        if (offset == null) {
            next.remove(partition);
        } else {
            next.put(partition, offset);
        }
        return offset;
    }

    /**
     * Without those whose rows are in the database already: a batch is delivered again when the answer to its commit was lost.
     *
     * @throws ConnectException when a partition begins before the offset that was asked for: leaving records out then would
     *     lose them silently
     */
    List<SinkRecord> fresh(Collection<SinkRecord> records) {
        List<SinkRecord> fresh = new ArrayList<>(records.size());
        for (SinkRecord record : records) {
            TopicPartition partition = partition(record);
            Long from = next.get(partition);
            boolean first = begun.add(partition);
            if (from == null || record.originalKafkaOffset() >= from) {
                fresh.add(record);
            } else if (first) {
                throw new ConnectException("topic " + partition.topic() + " partition " + partition.partition()
                        + " is read from offset " + record.originalKafkaOffset()
                        + ", but the database has its rows up to "
                        + (from - 1)
                        + ": the topic was made anew, or offsets were reset behind the sink's back; reset the"
                        + " connector's offsets through the worker, or give the connector another name");
            }
        }
        return fresh;
    }

    /** The offsets to read next once all of these are written. */
    static Map<TopicPartition, Long> after(List<SinkRecord> records) {
        Map<TopicPartition, Long> after = new LinkedHashMap<>();
        records.forEach(record -> after.merge(partition(record), record.originalKafkaOffset() + 1, Math::max));
        return after;
    }
}
