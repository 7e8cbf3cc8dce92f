package dev.millrace.broker;

import dev.millrace.broker.simulation.Interleaving;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/**
 * The batches of a producer that are not acknowledged: each partition's in the order of their sequence numbers, several in
 * flight; once one has to be repeated, one after the other.
 */
final class ModelBatches {

    private static final int BACKOFF_MS = 20;

    private static final class Flight {
        private final ModelBatch batch;
        private boolean onWire;
        private long notBeforeMs;

        Flight(ModelBatch batch) {
            this.batch = batch;
        }
    }

    private static final class Lane {
        private final Deque<String> unsent = new ArrayDeque<>();
        private final TreeMap<Integer, Flight> flights = new TreeMap<>();
        private int nextSequence;
        private int acknowledged = -1;
    }

    private final Interleaving turns;
    private final Random random;
    private final Map<Integer, Lane> lanes = new TreeMap<>();
    private final Set<Integer> enrolled = new HashSet<>();
    private boolean version2;

    ModelBatches(Interleaving turns, Random random) {
        this.turns = turns;
        this.random = random;
    }

    /** A producer id or epoch that is new begins its sequences anew. */
    void clear() {
        lanes.clear();
        enrolled.clear();
    }

    void begin() {
        enrolled.clear();
    }

    boolean version2() {
        return version2;
    }

    void add(int partition, String value, boolean byVersion2) {
        version2 = byVersion2;
        lane(partition).unsent.add(value);
    }

    void enrolled(int partition) {
        enrolled.add(partition);
    }

    boolean isEnrolled(int partition) {
        return enrolled.contains(partition);
    }

    private Lane lane(int partition) {
        return lanes.computeIfAbsent(partition, none -> new Lane());
    }

    boolean areDone() {
        return lanes.values().stream().allMatch(lane -> lane.unsent.isEmpty() && lane.flights.isEmpty());
    }

    /** An aborting producer drops what has no sequence number yet, and waits for the rest. */
    void dropUnsent() {
        lanes.values().forEach(lane -> lane.unsent.clear());
    }

    /** What can be sent in one request: at most one batch of a partition. */
    List<ModelBatch> drain(long producerId, short epoch) {
        List<ModelBatch> drained = new ArrayList<>();
        lanes.forEach((partition, lane) -> {
            if (random.nextInt(4) != 0) {
                Flight flight = next(partition, lane, producerId, epoch);
                if (flight != null) {
                    flight.onWire = true;
                    drained.add(flight.batch);
                }
            }
        });
        return drained;
    }

    private Flight next(int partition, Lane lane, long producerId, short epoch) {
        boolean repeats = lane.flights.values().stream().anyMatch(flight -> !flight.onWire);
        if (repeats) {
            Flight first = lane.flights.firstEntry().getValue();
            return first.onWire || first.notBeforeMs > turns.nowMs() ? null : first;
        }
        if (lane.unsent.isEmpty() || !(version2 || enrolled.contains(partition))) {
            return null;
        }
        int sequence = lane.nextSequence++;
        Flight flight = new Flight(new ModelBatch(partition, lane.unsent.remove(), producerId, epoch, sequence));
        lane.flights.put(sequence, flight);
        return flight;
    }

    /** @param outcomes told what became of each batch that was still waited for */
    void onAnswer(List<ModelBatch> sent, ApiMessage answer, boolean failing, BiConsumer<ModelBatch, Errors> outcomes) {
        Map<Integer, Errors> errors = new TreeMap<>();
        ((ProduceResponseData) answer).responses().forEach(topic -> topic.partitionResponses()
                .forEach(partition -> errors.put(partition.index(), Errors.forCode(partition.errorCode()))));
        for (ModelBatch batch : sent) {
            Flight flight = flight(batch);
            if (flight == null) {
                continue;
            }
            Errors error = errors.get(batch.partition());
            Lane lane = lane(batch.partition());
            boolean overtook =
                    error == Errors.OUT_OF_ORDER_SEQUENCE_NUMBER && batch.sequence() != lane.acknowledged + 1;
            if (error == Errors.NONE || (overtook && failing)) {
                lane.flights.remove(batch.sequence());
                lane.acknowledged = Math.max(lane.acknowledged, batch.sequence());
                outcomes.accept(batch, Errors.NONE);
            } else {
                if (overtook || error.exception() instanceof RetriableException) {
                    repeat(flight);
                }
                outcomes.accept(batch, overtook ? Errors.NONE : error);
            }
        }
    }

    private Flight flight(ModelBatch batch) {
        Lane lane = lanes.get(batch.partition());
        Flight flight = lane == null ? null : lane.flights.get(batch.sequence());
        return flight == null || flight.batch != batch ? null : flight;
    }

    private void repeat(Flight flight) {
        flight.onWire = false;
        flight.notBeforeMs = turns.nowMs() + BACKOFF_MS;
    }

    void onLost(List<ModelBatch> sent) {
        for (ModelBatch batch : sent) {
            Flight flight = flight(batch);
            if (flight != null) {
                repeat(flight);
            }
        }
    }

    /** Nobody waits for it any more, wherever it is. */
    boolean giveUpOne() {
        for (Lane lane : lanes.values()) {
            for (Flight flight : lane.flights.values()) {
                if (flight.onWire) {
                    lane.flights.remove(flight.batch.sequence());
                    return true;
                }
            }
        }
        return false;
    }
}
