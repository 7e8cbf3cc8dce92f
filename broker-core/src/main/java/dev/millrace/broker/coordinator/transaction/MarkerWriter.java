package dev.millrace.broker.coordinator.transaction;

import dev.millrace.broker.log.AppendResult;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClusterImage;
import dev.millrace.broker.metadata.TopicImage;
import dev.millrace.broker.partition.Partition;
import dev.millrace.broker.partition.Partitions;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.protocol.Errors;

/** Writes markers to the partitions that this broker leads. Any thread. */
public final class MarkerWriter implements Markers {

    /** How long a marker may take to be committed before the coordinator hears that it was not. */
    private static final long COMMIT_TIMEOUT_MS = 30_000;

    private final Supplier<ClusterImage> image;
    private final Partitions partitions;

    public MarkerWriter(Supplier<ClusterImage> image, Partitions partitions) {
        this.image = image;
        this.partitions = partitions;
    }

    @Override
    public void write(TopicPartition id, TransactionMarker marker, Consumer<Errors> outcome) {
        TopicImage topic = image.get().topic(id.topic());
        if (topic == null || topic.partition(id.partition()) == null) {
            outcome.accept(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            return;
        }
        Partition partition = partitions.find(topic.id(), id.partition());
        if (partition == null) {
            outcome.accept(Errors.NOT_LEADER_OR_FOLLOWER);
            return;
        }
        partition.loop().execute(() -> partition
                .writes()
                .endTransaction(
                        marker.producer().id(),
                        marker.producer().epoch(),
                        marker.coordinatorEpoch(),
                        marker.committed(),
                        TransactionVersions.raisesEpoch(marker.transactionVersion()),
                        COMMIT_TIMEOUT_MS,
                        reporting(outcome)));
    }

    private static Ticket<AppendResult> reporting(Consumer<Errors> outcome) {
        return new Ticket<>() {
            @Override
            public void answer(AppendResult result) {
                outcome.accept(Errors.NONE);
            }

            @Override
            public void fail(ApiException error) {
                outcome.accept(Errors.forException(error));
            }
        };
    }
}
