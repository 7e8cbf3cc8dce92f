package dev.millrace.connect.worker.storage;

import dev.millrace.connect.machine.Decision;
import dev.millrace.connect.plan.Plan;
import dev.millrace.connect.plan.PlanCommand;
import dev.millrace.connect.plan.PlanEvent;
import dev.millrace.connect.plan.PlanImage;
import dev.millrace.connect.plan.PlanRecords;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plan in the config topic. Commands are carried out one at a time: decided, written, and read back before the next; the
 * thread that reads the topic is the only one that changes the plan. Thread-safe.
 */
public final class PlanStore implements StorageLog.Reader {

    private static final Logger LOG = LoggerFactory.getLogger(PlanStore.class);

    private final String topic;
    private final Runnable onChange;
    private final Plan plan = new Plan();
    private volatile PlanImage image = PlanImage.EMPTY;
    private final Object oneCommand = new Object();

    /** @param onChange called on the log's thread after each change; must not block */
    public PlanStore(String topic, Runnable onChange) {
        this.topic = topic;
        this.onChange = onChange;
    }

    public PlanImage image() {
        return image;
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record) {
        String key = new String(record.key(), StandardCharsets.UTF_8);
        var event = PlanRecords.decode(key, record.value());
        if (event.isEmpty()) {
            LOG.debug("Config record of no concern: key={} offset={}", key, record.offset());
            return;
        }
        synchronized (plan) {
            plan.apply(event.get());
            image = plan.image();
        }
        onChange.run();
    }

    /**
     * Decides, and makes what is decided happen.
     *
     * @return what was decided; if something was to happen, it has, and {@link #image} shows it
     * @throws ConnectException when the topic could not be written or read back
     */
    public Decision<PlanEvent> execute(StorageLog log, PlanCommand command) {
        synchronized (oneCommand) {
            Decision<PlanEvent> decision;
            synchronized (plan) {
                decision = plan.decide(command);
            }
            if (decision instanceof Decision.Happens<PlanEvent> happens
                    && !happens.events().isEmpty()) {
                write(log, happens.events());
                log.readToEndNow(topic);
            }
            return decision;
        }
    }

    private void write(StorageLog log, List<PlanEvent> events) {
        List<Future<?>> writes = new ArrayList<>();
        for (PlanEvent event : events) {
            PlanRecords.Entry entry = PlanRecords.encode(event);
            writes.add(log.append(topic, entry.key().getBytes(StandardCharsets.UTF_8), entry.value()));
        }
        for (Future<?> write : writes) {
            try {
                write.get(StorageLog.TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw new ConnectException("Could not write to topic " + topic + ": " + e.getMessage(), e);
            } catch (TimeoutException e) {
                throw new ConnectException(
                        "Could not write to topic " + topic + ": no answer for " + StorageLog.TIMEOUT.toSeconds()
                                + " s",
                        e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectException("Interrupted while topic " + topic + " was written", e);
            }
        }
    }
}
