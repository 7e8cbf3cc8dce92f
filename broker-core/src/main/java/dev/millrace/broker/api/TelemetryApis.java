package dev.millrace.broker.api;

import com.google.re2j.Pattern;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.ClientMetricsConfigs;
import dev.millrace.broker.metadata.ClusterImage;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.GetTelemetrySubscriptionsResponseData;
import org.apache.kafka.common.message.PushTelemetryRequestData;
import org.apache.kafka.common.message.PushTelemetryResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.GetTelemetrySubscriptionsRequest;
import org.apache.kafka.common.requests.PushTelemetryRequest;

/**
 * Clients' metrics (KIP-714): GetTelemetrySubscriptions (key 71) tells a client which of its metrics somebody wants and how
 * often; PushTelemetry (key 72) takes them. As with an Apache Kafka that has no receiver for them, the keys are not
 * advertised: what is pushed all the same is checked and dropped. Any thread.
 */
final class TelemetryApis {

    /** zstd, lz4, gzip, snappy: the cheapest for the network first. */
    private static final List<Byte> COMPRESSION_TYPES = List.of((byte) 4, (byte) 3, (byte) 1, (byte) 2);

    private static final String ALL_METRICS = "*";

    /** Clients that are remembered; the one that was not heard of for longest goes. */
    private static final int CLIENTS_MAX = 16_384;

    private final NodeView node;
    private final int bytesMax;

    private final Map<Uuid, Client> clients = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Uuid, Client> eldest) {
            return size() > CLIENTS_MAX;
        }
    };

    private TelemetryApis(NodeView node) {
        this.node = node;
        this.bytesMax = node.fixedInt("telemetry.max.bytes");
    }

    static List<ApiHandler<?, ?>> handlers(NodeView node) {
        TelemetryApis telemetry = new TelemetryApis(node);
        return List.of(new Get(telemetry), new Push(telemetry));
    }

    /** What clients that match are to push. */
    private record Subscription(List<String> metrics, int intervalMs) {
        int id(Uuid client) {
            CRC32C checksum = new CRC32C();
            checksum.update((metrics + " " + intervalMs).getBytes(StandardCharsets.UTF_8));
            return (int) checksum.getValue() ^ client.hashCode();
        }
    }

    /** A client that has asked or pushed. */
    private static final class Client {
        private int subscriptionId;
        private long askedMs = Long.MIN_VALUE;
        private long pushedMs = Long.MIN_VALUE;
        private boolean terminated;
    }

    private Subscription subscription(Uuid instance, ApiRequest<?> request) {
        ClusterImage image = node.image();
        Map<String, String> traits = Map.of(
                "client_instance_id", instance.toString(),
                "client_id", request.clientId(),
                "client_source_address", request.peer().host().replace("/", ""));
        TreeSet<String> metrics = new TreeSet<>();
        int intervalMs = Integer.MAX_VALUE;
        for (String name : image.configured(ConfigResource.Type.CLIENT_METRICS)) {
            Map<String, String> configs = image.configs(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name));
            if (matches(ClientMetricsConfigs.patterns(configs), traits)) {
                for (String metric :
                        value(ClientMetricsConfigs.METRICS, configs).split(",", 0)) {
                    if (!metric.isBlank()) {
                        metrics.add(metric.strip());
                    }
                }
                intervalMs = Math.min(intervalMs, Integer.parseInt(value(ClientMetricsConfigs.INTERVAL_MS, configs)));
            }
        }
        if (metrics.contains(ALL_METRICS)) {
            return new Subscription(List.of(ALL_METRICS), intervalMs);
        }
        int holdsMs = intervalMs == Integer.MAX_VALUE
                ? Integer.parseInt(value(ClientMetricsConfigs.INTERVAL_MS, Map.of()))
                : intervalMs;
        return new Subscription(List.copyOf(metrics), holdsMs);
    }

    private static String value(String key, Map<String, String> configs) {
        return Objects.requireNonNull(ClientMetricsConfigs.value(key, configs).value());
    }

    private static boolean matches(Map<String, Pattern> patterns, Map<String, String> traits) {
        return patterns.entrySet().stream()
                .allMatch(pattern -> pattern.getValue().matches(traits.getOrDefault(pattern.getKey(), "")));
    }

    private synchronized GetTelemetrySubscriptionsResponseData get(
            ApiRequest<GetTelemetrySubscriptionsRequest> request, long nowMs) {
        Uuid asked = request.body().data().clientInstanceId();
        Uuid instance = asked.equals(Uuid.ZERO_UUID) ? node.randomIds().get() : asked;
        Subscription subscription = subscription(instance, request);
        Client client = clients.computeIfAbsent(instance, id -> new Client());
        int id = subscription.id(instance);
        boolean tooSoon = client.askedMs != Long.MIN_VALUE && nowMs - client.askedMs < subscription.intervalMs();
        if (tooSoon && client.subscriptionId == id) {
            return new GetTelemetrySubscriptionsResponseData().setErrorCode(Errors.THROTTLING_QUOTA_EXCEEDED.code());
        }
        client.subscriptionId = id;
        client.askedMs = nowMs;
        return new GetTelemetrySubscriptionsResponseData()
                .setClientInstanceId(instance)
                .setSubscriptionId(id)
                .setAcceptedCompressionTypes(COMPRESSION_TYPES)
                .setPushIntervalMs(subscription.intervalMs())
                .setTelemetryMaxBytes(bytesMax)
                .setDeltaTemporality(true)
                .setRequestedMetrics(subscription.metrics());
    }

    private synchronized Errors push(ApiRequest<PushTelemetryRequest> request, long nowMs) {
        PushTelemetryRequestData pushed = request.body().data();
        Uuid instance = pushed.clientInstanceId();
        if (Uuid.RESERVED.contains(instance)) {
            return Errors.INVALID_REQUEST;
        }
        Subscription subscription = subscription(instance, request);
        Client client = clients.computeIfAbsent(instance, id -> new Client());
        if (client.terminated) {
            return Errors.INVALID_REQUEST;
        }
        boolean tooSoon = client.pushedMs != Long.MIN_VALUE && nowMs - client.pushedMs < subscription.intervalMs();
        if (tooSoon && !pushed.terminating()) {
            return Errors.THROTTLING_QUOTA_EXCEEDED;
        }
        client.pushedMs = nowMs;
        client.terminated = pushed.terminating();
        if (pushed.subscriptionId() != subscription.id(instance)) {
            return Errors.UNKNOWN_SUBSCRIPTION_ID;
        }
        if (pushed.compressionType() != 0 && !COMPRESSION_TYPES.contains(pushed.compressionType())) {
            return Errors.UNSUPPORTED_COMPRESSION_TYPE;
        }
        boolean tooLarge = pushed.metrics() != null && pushed.metrics().remaining() > bytesMax;
        return tooLarge ? Errors.TELEMETRY_TOO_LARGE : Errors.NONE;
    }

    private record Get(TelemetryApis telemetry)
            implements ApiHandler<GetTelemetrySubscriptionsRequest, GetTelemetrySubscriptionsResponseData> {
        @Override
        public ApiKeys key() {
            return ApiKeys.GET_TELEMETRY_SUBSCRIPTIONS;
        }

        @Override
        public void handle(
                ApiRequest<GetTelemetrySubscriptionsRequest> request,
                Ticket<GetTelemetrySubscriptionsResponseData> ticket) {
            ticket.answer(telemetry.get(request, telemetry.node.nowMs().getAsLong()));
        }
    }

    private record Push(TelemetryApis telemetry)
            implements ApiHandler<PushTelemetryRequest, PushTelemetryResponseData> {
        @Override
        public ApiKeys key() {
            return ApiKeys.PUSH_TELEMETRY;
        }

        @Override
        public void handle(ApiRequest<PushTelemetryRequest> request, Ticket<PushTelemetryResponseData> ticket) {
            Errors error = telemetry.push(request, telemetry.node.nowMs().getAsLong());
            ticket.answer(new PushTelemetryResponseData().setErrorCode(error.code()));
        }
    }
}
