package dev.millrace.broker.api.telemetry;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.DisconnectListener;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.log.batch.SnappyChunks;
import dev.millrace.broker.machine.Ticket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;
import org.apache.kafka.common.requests.PushTelemetryRequest;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clients' metrics (KIP-714): GetTelemetrySubscriptions (key 71) tells a client which of its metrics somebody wants and how
 * often; PushTelemetry (key 72) takes them, and hands them on. As with Apache Kafka, clients are told of these keys only
 * when there is a receiver; without one, what is pushed all the same is checked and dropped. Any thread.
 */
public final class TelemetryApis {

    private static final Logger LOG = LoggerFactory.getLogger(TelemetryApis.class);

    /** zstd, lz4, gzip, snappy: the cheapest for the network first. */
    private static final List<Byte> COMPRESSION_TYPES = List.of((byte) 4, (byte) 3, (byte) 1, (byte) 2);

    static final byte COMPRESSION_TYPE_MAX = 4;
    private static final byte SNAPPY = 2;

    /** A receiver that is down fails with every push. */
    private static final long FAILURES_LOGGED_EVERY_MS = 10_000;

    private final NodeView node;
    private final TelemetryReceivers receivers;
    private final int bytesMax;
    private final TelemetryClients clients = new TelemetryClients();

    /** On the executor of the receivers alone. */
    private long failureLoggedMs = Long.MIN_VALUE / 2;

    private TelemetryApis(NodeView node, TelemetryReceivers receivers) {
        this.node = node;
        this.receivers = receivers;
        this.bytesMax = node.fixedInt("telemetry.max.bytes");
    }

    public static List<ApiHandler<?, ?>> handlers(NodeView node, TelemetryReceivers receivers) {
        TelemetryApis telemetry = new TelemetryApis(node, receivers);
        return List.of(new Get(telemetry), new Push(telemetry));
    }

    private GetTelemetrySubscriptionsResponseData get(ApiRequest<GetTelemetrySubscriptionsRequest> request) {
        Uuid asked = request.body().data().clientInstanceId();
        Uuid id = asked.equals(Uuid.ZERO_UUID) ? node.randomIds().get() : asked;
        TelemetryClients.Offer offer =
                clients.ask(id, request, node.image(), node.nowMs().getAsLong());
        if (offer.error() != Errors.NONE) {
            return new GetTelemetrySubscriptionsResponseData()
                    .setErrorCode(offer.error().code());
        }
        return new GetTelemetrySubscriptionsResponseData()
                .setClientInstanceId(id)
                .setSubscriptionId(offer.subscriptionId())
                .setAcceptedCompressionTypes(COMPRESSION_TYPES)
                .setPushIntervalMs(offer.wanted().intervalMs())
                .setTelemetryMaxBytes(bytesMax)
                .setDeltaTemporality(true)
                .setRequestedMetrics(offer.wanted().metrics());
    }

    private void push(ApiRequest<PushTelemetryRequest> request, Ticket<PushTelemetryResponseData> ticket) {
        PushTelemetryRequestData pushed = request.body().data();
        if (Uuid.RESERVED.contains(pushed.clientInstanceId())) {
            answer(ticket, Errors.INVALID_REQUEST);
            return;
        }
        int bytes = pushed.metrics() == null ? 0 : pushed.metrics().remaining();
        TelemetryClients.Offer offer = clients.push(
                pushed.clientInstanceId(),
                new TelemetryClients.Push(
                        pushed.subscriptionId(), pushed.terminating(), pushed.compressionType(), bytes),
                bytesMax,
                request,
                node.image(),
                node.nowMs().getAsLong());
        if (offer.error() != Errors.NONE || bytes == 0) {
            answer(ticket, offer.error());
            return;
        }
        receivers
                .executor()
                .execute(() -> answer(ticket, handOn(request, offer.wanted().intervalMs())));
    }

    private static void answer(Ticket<PushTelemetryResponseData> ticket, Errors error) {
        ticket.answer(new PushTelemetryResponseData().setErrorCode(error.code()));
    }

    private record Payload(Uuid clientInstanceId, boolean isTerminating, String contentType, ByteBuffer data)
            implements ClientTelemetryPayload {}

    private Errors handOn(ApiRequest<PushTelemetryRequest> request, int intervalMs) {
        PushTelemetryRequestData pushed = request.body().data();
        Payload payload;
        try {
            payload = new Payload(
                    pushed.clientInstanceId(),
                    pushed.terminating(),
                    request.body().metricsContentType(),
                    unpack(request.body()));
        } catch (RuntimeException | OutOfMemoryError e) {
            // Nothing is done here but to allocate for one request: no reason to halt (ADR 8).
            LOG.debug("Metrics that can't be unpacked: clientInstanceId={}", pushed.clientInstanceId(), e);
            return unusable(pushed.clientInstanceId());
        }
        try {
            receivers.receive(
                    new TelemetryReceivers.Sender(
                            request.peer(),
                            request.clientId(),
                            ApiKeys.PUSH_TELEMETRY.id,
                            request.version(),
                            request.header().correlationId()),
                    payload,
                    intervalMs);
            return Errors.NONE;
        } catch (RuntimeException | Error e) {
            // An Error too: a plugin may lack a class.
            onReceiverFailed(pushed.clientInstanceId(), e);
            return unusable(pushed.clientInstanceId());
        }
    }

    private void onReceiverFailed(Uuid client, Throwable cause) {
        long nowMs = node.nowMs().getAsLong();
        if (nowMs - failureLoggedMs >= FAILURES_LOGGED_EVERY_MS) {
            failureLoggedMs = nowMs;
            LOG.error("A receiver of clients' metrics has failed: clientInstanceId={}", client, cause);
        }
    }

    private Errors unusable(Uuid client) {
        clients.onUnusable(client);
        return Errors.INVALID_RECORD;
    }

    /** A copy that a receiver may keep: the request's own bytes are gone once it is answered. */
    private ByteBuffer unpack(PushTelemetryRequest request) {
        if (request.data().compressionType() == SNAPPY) {
            SnappyChunks.check(request.data().metrics());
        }
        ByteBuffer unpacked = request.metricsData(bytesMax);
        ByteBuffer copy = ByteBuffer.allocate(unpacked.remaining());
        copy.put(unpacked.duplicate()).flip();
        return copy;
    }

    private record Get(TelemetryApis telemetry)
            implements ApiHandler<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponseData>,
                    DisconnectListener {
        @Override
        public ApiKeys key() {
            return ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
        }

        @Override
        public boolean isAdvertised() {
            return !telemetry.receivers.isEmpty();
        }

        @Override
        public void handle(
                ApiRequest<GetTelemetrySubscriptionsRequest> request,
                Ticket<GetTelemetrySubscriptionsResponseData> ticket) {
            ticket.answer(telemetry.get(request));
        }

        @Override
        public void onDisconnected(ApiRequest.Peer peer) {
            telemetry.clients.onDisconnected(peer.connectionId());
        }
    }

    private record Push(TelemetryApis telemetry)
            implements ApiHandler<PushTelemetryRequest, PushTelemetryResponseData> {
        @Override
        public ApiKeys key() {
            return ApiKeys.PUSH_TELEMETRY;
        }

        @Override
        public boolean isAdvertised() {
            return !telemetry.receivers.isEmpty();
        }

        @Override
        public void handle(ApiRequest<PushTelemetryRequest> request, Ticket<PushTelemetryResponseData> ticket) {
            telemetry.push(request, ticket);
        }
    }
}
