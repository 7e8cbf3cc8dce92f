package dev.millrace.broker.simulation;

import dev.millrace.broker.log.ReplayedBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Collects the values of one partition's log that a reader of committed records gets, in the order of the commits. */
public final class CommittedRecords implements Consumer<ReplayedBatch> {

    private final List<String> values;
    private final Map<Long, List<String>> openByProducer = new HashMap<>();

    /** @param values where they are added */
    public CommittedRecords(List<String> values) {
        this.values = values;
    }

    @Override
    public void accept(ReplayedBatch batch) {
        if (batch.marker() != null) {
            List<String> ended = openByProducer.remove(batch.producerId());
            if (ended != null && batch.marker() == ReplayedBatch.Marker.COMMIT) {
                values.addAll(ended);
            }
            return;
        }
        for (ReplayedBatch.KeyValue record : batch.records()) {
            if (record.value() != null) {
                openByProducer
                        .computeIfAbsent(batch.producerId(), id -> new ArrayList<>())
                        .add(StandardCharsets.UTF_8.decode(record.value()).toString());
            }
        }
    }
}
