package dev.millrace.broker.api.transaction;

import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_EPOCH;
import static dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch.NO_ID;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.coordinator.transaction.InitProducerId;
import dev.millrace.broker.coordinator.transaction.ProducerIdAndEpoch;
import dev.millrace.broker.machine.Ticket;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.jspecify.annotations.Nullable;

/** InitProducerId (key 22). Without a transactional id, for an idempotent producer, any broker answers. */
final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequest, InitProducerIdResponseData> {

    private static final int KNOWS_FENCED = 4;

    private final TransactionView transactions;

    InitProducerIdHandler(TransactionView transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public void handle(ApiRequest<InitProducerIdRequest> request, Ticket<InitProducerIdResponseData> ticket) {
        InitProducerIdRequestData data = request.body().data();
        ProducerIdAndEpoch expected = expected(data);
        String transactionalId = data.transactionalId();
        if (transactionalId == null) {
            transactions.producerIds().next(new MappedTicket<>(ticket, id -> new InitProducerIdResponseData()
                    .setProducerId(id)
                    .setProducerEpoch((short) 0)));
            return;
        }
        Ticket<InitProducerId.Result> answered =
                new MappedTicket<>(ticket, result -> answer(result, request.version()));
        transactions
                .host()
                .submit(
                        transactionalId,
                        answered,
                        open -> InitProducerId.of(open, transactionalId, data.transactionTimeoutMs(), expected));
    }

    private static @Nullable ProducerIdAndEpoch expected(InitProducerIdRequestData data) {
        boolean hasId = data.producerId() != NO_ID;
        boolean hasEpoch = data.producerEpoch() != NO_EPOCH;
        if (hasId != hasEpoch) {
            throw new InvalidRequestException("A producer id and its epoch come together or not at all.");
        }
        return hasId ? new ProducerIdAndEpoch(data.producerId(), data.producerEpoch()) : null;
    }

    private static InitProducerIdResponseData answer(InitProducerId.Result result, short version) {
        return new InitProducerIdResponseData()
                .setErrorCode(TransactionView.known(result.error(), version, KNOWS_FENCED)
                        .code())
                .setProducerId(result.producer().id())
                .setProducerEpoch(result.producer().epoch());
    }
}
