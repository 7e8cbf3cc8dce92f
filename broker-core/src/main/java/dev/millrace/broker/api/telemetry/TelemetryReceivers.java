package dev.millrace.broker.api.telemetry;

import dev.millrace.broker.api.ApiRequest;
import java.util.concurrent.Executor;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;

/** Those who want clients' metrics (KIP-714): a port, for they are plugins, which may do whatever they like. */
public interface TelemetryReceivers {

    /** Without any, clients are not told that they could push metrics. */
    boolean isEmpty();

    /** Where {@link #receive} is called, for it may take its time. */
    Executor executor();

    /**
     * Gives a client's metrics to everybody.
     *
     * @param payload unpacked, and nobody else's
     * @param pushIntervalMs how often the client is to push
     * @throws RuntimeException when somebody could not take them
     */
    void receive(Sender sender, ClientTelemetryPayload payload, int pushIntervalMs);

    /** The request that has brought them. */
    record Sender(ApiRequest.Peer peer, String clientId, int requestType, int requestVersion, int correlationId) {}
}
