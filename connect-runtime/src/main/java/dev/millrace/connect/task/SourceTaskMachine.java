package dev.millrace.connect.task;

import java.util.Iterator;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A source task, step by step: poll the connector, transform and convert what it returns, hand it to the producer. Owned by
 * the task's thread, which calls {@link #step} until the task is to end.
 */
public final class SourceTaskMachine implements TaskMachine {

    private static final Logger LOG = LoggerFactory.getLogger(SourceTaskMachine.class);

    private static final long SEND_RETRY_MS = 100;
    private static final long PAUSED_WAIT_MS = 60_000;

    private final SourceTaskSettings settings;
    private final Transformations<SourceRecord> transformations;
    private final Converters converters;
    private final SourceDelivery delivery;
    private final TopicEnsurer topics;
    private final TopicsInUse topicsInUse;

    private @Nullable Iterator<SourceRecord> batch;
    private @Nullable SourceRecord unsent;
    private boolean paused;

    public SourceTaskMachine(
            SourceTaskSettings settings,
            Transformations<SourceRecord> transformations,
            Converters converters,
            SourceDelivery delivery,
            TopicEnsurer topics,
            TopicsInUse topicsInUse) {
        this.settings = settings;
        this.transformations = transformations;
        this.converters = converters;
        this.delivery = delivery;
        this.topics = topics;
        this.topicsInUse = topicsInUse;
    }

    @Override
    public long step(long nowMs, boolean pause) {
        delivery.throwIfFailed();
        if (pause) {
            if (!paused && batch == null) {
                delivery.pause(nowMs);
                paused = true;
            }
            if (paused) {
                return PAUSED_WAIT_MS;
            }
        } else {
            paused = false;
        }
        Iterator<SourceRecord> records = batch;
        if (records == null) {
            List<SourceRecord> polled = poll();
            if (polled == null || polled.isEmpty()) {
                if (polled != null) {
                    delivery.batchEnded(nowMs);
                }
                delivery.idle(nowMs);
                updateCounters(true);
                return 0;
            }
            settings.counters().in(polled.size());
            records = polled.iterator();
            batch = records;
        }
        if (!send(records)) {
            updateCounters(false);
            return SEND_RETRY_MS;
        }
        batch = null;
        delivery.batchEnded(nowMs);
        updateCounters(false);
        return 0;
    }

    private void updateCounters(boolean nothingCame) {
        long uncommitted = delivery.uncommitted();
        settings.counters().uncommitted(uncommitted);
        settings.counters().idle(nothingCame && uncommitted == 0);
    }

    private @Nullable List<SourceRecord> poll() {
        try {
            return settings.task().poll();
        } catch (RetriableException | org.apache.kafka.common.errors.RetriableException e) {
            LOG.warn("Poll will be tried again: task={} error={}", settings.id(), e.toString());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("Task " + settings.id() + " was interrupted in poll", e);
        }
    }

    /** @return whether all of them are on their way; if not, the rest is to be tried again in a while */
    private boolean send(Iterator<SourceRecord> records) {
        while (unsent != null || records.hasNext()) {
            SourceRecord record = unsent != null ? unsent : records.next();
            unsent = null;
            ProducerRecord<byte[], byte[]> converted = convert(record);
            if (converted == null) {
                delivery.drop(record);
                continue;
            }
            try {
                topics.ensure(converted.topic());
                delivery.send(record, converted);
                topicsInUse.add(converted.topic());
            } catch (RetriableException | org.apache.kafka.common.errors.RetriableException e) {
                LOG.warn("Sending will be tried again: task={} error={}", settings.id(), e.toString());
                unsent = record;
                return false;
            }
        }
        return true;
    }

    private @Nullable ProducerRecord<byte[], byte[]> convert(SourceRecord record) {
        settings.errors().processing(record);
        try {
            SourceRecord transformed = transformations.apply(record, settings.errors());
            if (transformed == null) {
                settings.counters().skip();
                return null;
            }
            return converters.toBroker(transformed, settings.errors());
        } catch (RecordGivenUp e) {
            return null;
        }
    }

    @Override
    public void close(boolean failed) {
        try {
            delivery.close(failed);
            updateCounters(settings.counters().idle());
        } finally {
            try {
                settings.task().stop();
            } finally {
                transformations.close();
            }
        }
    }
}
