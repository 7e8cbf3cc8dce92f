package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.Gathering;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.coordinator.transaction.TransactionMarker;
import dev.millrace.broker.machine.Ticket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;

/**
 * WriteTxnMarkers (key 27): what another broker's coordinator, or an operator who aborts a hanging transaction, wants
 * partitions of this broker to be told.
 */
final class WriteTxnMarkersHandler implements ApiHandler<WriteTxnMarkersRequest, WriteTxnMarkersResponseData> {

    private final TransactionView transactions;

    WriteTxnMarkersHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.WRITE_TXN_MARKERS;
    }

    /** A partition's part of the answer. */
    private record Written(long producerId, TopicPartition partition, Errors outcome) {}

    @Override
    public void handle(ApiRequest<WriteTxnMarkersRequest> request, Ticket<WriteTxnMarkersResponseData> ticket) {
        List<TxnMarkerEntry> markers = request.body().markers();
        int count =
                markers.stream().mapToInt(marker -> marker.partitions().size()).sum();
        Gathering<Written> written = new Gathering<>(count, all -> ticket.answer(answer(markers, all)));
        int number = 0;
        for (TxnMarkerEntry entry : markers) {
            TransactionMarker marker = new TransactionMarker(
                    new ProducerIdAndEpoch(entry.producerId(), entry.producerEpoch()),
                    entry.coordinatorEpoch(),
                    entry.transactionResult().id,
                    entry.transactionVersion());
            for (TopicPartition partition : entry.partitions()) {
                int part = number++;
                transactions
                        .markers()
                        .write(
                                partition,
                                marker,
                                outcome -> written.arrive(part, new Written(entry.producerId(), partition, outcome)));
            }
        }
    }

    private static WriteTxnMarkersResponseData answer(List<TxnMarkerEntry> markers, List<Written> written) {
        Map<Long, Map<TopicPartition, Errors>> errors = new HashMap<>();
        markers.forEach(marker -> errors.put(marker.producerId(), new HashMap<>()));
        for (Written one : written) {
            errors.computeIfAbsent(one.producerId(), id -> new HashMap<>()).put(one.partition(), one.outcome());
        }
        return new WriteTxnMarkersResponse(errors).data();
    }
}
