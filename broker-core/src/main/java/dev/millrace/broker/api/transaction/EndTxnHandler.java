package dev.millrace.broker.api.transaction;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.transaction.EndTransaction;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.coordinator.transaction.TransactionVersions;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.EndTxnRequest;

/** EndTxn (key 26). */
final class EndTxnHandler implements ApiHandler<EndTxnRequest, EndTxnResponseData> {

    private static final int KNOWS_FENCED = 2;

    /** The version of which transaction.version 2 makes use (KIP-890). */
    private static final int RAISES_EPOCH = 5;

    private final TransactionView transactions;

    EndTxnHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.END_TXN;
    }

    @Override
    public void handle(ApiRequest<EndTxnRequest> request, Ticket<EndTxnResponseData> ticket) {
        EndTxnRequestData data = request.body().data();
        ProducerIdAndEpoch producer = new ProducerIdAndEpoch(data.producerId(), data.producerEpoch());
        Ticket<EndTransaction.Result> answered =
                new MappedTicket<>(ticket, result -> answer(result, request.version()));
        transactions
                .host()
                .submit(
                        data.transactionalId(),
                        answered,
                        open -> EndTransaction.of(
                                open, data.transactionalId(), producer, data.committed(), version(request.version())));
    }

    private static short version(short requestVersion) {
        return requestVersion >= RAISES_EPOCH ? TransactionVersions.EPOCH_BUMP : TransactionVersions.CLASSIC;
    }

    private static EndTxnResponseData answer(EndTransaction.Result result, short version) {
        return new EndTxnResponseData()
                .setErrorCode(TransactionView.known(result.error(), version, KNOWS_FENCED)
                        .code())
                .setProducerId(result.producer().id())
                .setProducerEpoch(result.producer().epoch());
    }
}
