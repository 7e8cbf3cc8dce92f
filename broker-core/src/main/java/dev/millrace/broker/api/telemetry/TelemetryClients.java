package dev.millrace.broker.api.telemetry;

import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.metadata.ClusterImage;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** The clients that push metrics, or could: who may ask or push now, and what is wanted of them. Any thread. */
final class TelemetryClients {

    /** The one that was not heard of for longest goes. */
    private static final int CLIENTS_MAX = 16_384;

    private final Map<Uuid, TelemetryClient> clients = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Uuid, TelemetryClient> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    /** Who has come over a connection, by its id. */
    private final Map<String, Uuid> byConnection = new HashMap<>();

    private @Nullable ClusterImage seen;
    private TelemetrySubscriptions subscriptions = TelemetrySubscriptions.NONE;

    /** What a client is to push and by which subscription id; an error when it is to ask later. */
    record Offer(Errors error, int subscriptionId, TelemetrySubscriptions.Wanted wanted) {}

    synchronized Offer ask(Uuid id, ApiRequest<?> request, ClusterImage image, long nowMs) {
        TelemetryClient client = find(id, request, image, nowMs);
        if (!client.mayAsk(nowMs)) {
            return new Offer(Errors.THROTTLING_QUOTA_EXCEEDED, client.subscriptionId(), client.wanted());
        }
        client.onAnswered(Errors.NONE);
        return new Offer(Errors.NONE, client.subscriptionId(), client.wanted());
    }

    /** A push, before anybody looks at what is in it. */
    record Push(int subscriptionId, boolean terminating, byte compressionType, int bytes) {}

    /** Whether a client may push this. */
    synchronized Offer push(Uuid id, Push push, int bytesMax, ApiRequest<?> request, ClusterImage image, long nowMs) {
        TelemetryClient client = find(id, request, image, nowMs);
        Errors error = check(client, push, bytesMax, nowMs);
        client.onPushed(push.terminating());
        client.onAnswered(error);
        return new Offer(error, client.subscriptionId(), client.wanted());
    }

    private static Errors check(TelemetryClient client, Push push, int bytesMax, long nowMs) {
        if (client.isTerminating()) {
            return Errors.INVALID_REQUEST;
        }
        if (!client.mayPush(nowMs) && !push.terminating()) {
            return Errors.THROTTLING_QUOTA_EXCEEDED;
        }
        if (push.subscriptionId() != client.subscriptionId()) {
            return Errors.UNKNOWN_SUBSCRIPTION_ID;
        }
        if (push.compressionType() < 0 || push.compressionType() > TelemetryApis.COMPRESSION_TYPE_MAX) {
            return Errors.UNSUPPORTED_COMPRESSION_TYPE;
        }
        return push.bytes() > bytesMax ? Errors.TELEMETRY_TOO_LARGE : Errors.NONE;
    }

    /** What was pushed could not be used after all. */
    synchronized void onUnusable(Uuid id) {
        TelemetryClient client = clients.get(id);
        if (client != null) {
            client.onAnswered(Errors.INVALID_RECORD);
        }
    }

    synchronized void onDisconnected(String connectionId) {
        Uuid id = byConnection.remove(connectionId);
        if (id != null) {
            clients.remove(id);
        }
    }

    /** A client is judged by what it was when it came; when subscriptions change it begins anew. */
    private TelemetryClient find(Uuid id, ApiRequest<?> request, ClusterImage image, long nowMs) {
        if (image != seen) {
            subscriptions = subscriptions.in(image);
            seen = image;
        }
        TelemetryClient client = clients.get(id);
        if (client == null || client.isForgotten(nowMs)) {
            client = begin(id, traits(id, request), request.peer());
        } else if (client.version() != subscriptions.version()) {
            client = begin(id, client.traits(), request.peer());
        }
        client.onHeardOf(nowMs);
        return client;
    }

    private TelemetryClient begin(Uuid id, Map<String, String> traits, ApiRequest.Peer peer) {
        TelemetrySubscriptions.Wanted wanted = subscriptions.of(traits);
        TelemetryClient client = new TelemetryClient(traits, subscriptions.version(), wanted, wanted.id(id));
        clients.put(id, client);
        byConnection.put(peer.connectionId(), id);
        return client;
    }

    private static Map<String, String> traits(Uuid id, ApiRequest<?> request) {
        ApiRequest.Peer peer = request.peer();
        Map<String, String> traits = new HashMap<>();
        traits.put("client_instance_id", id.toString());
        if (request.header().clientId() != null) {
            traits.put("client_id", request.header().clientId());
        }
        traits.put("client_software_name", peer.software().name());
        traits.put("client_software_version", peer.software().version());
        traits.put("client_source_address", peer.address());
        traits.put("client_source_port", Integer.toString(peer.port()));
        return Map.copyOf(traits);
    }
}
