package dev.millrace.broker.api.telemetry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.kafka.server.telemetry.ClientTelemetryPayload;

/** Receives clients' metrics, and keeps them to be looked at. */
public final class HeldMetrics implements TelemetryReceivers {

    record Held(Sender sender, ClientTelemetryPayload payload, int pushIntervalMs) {
        String text() {
            return StandardCharsets.UTF_8.decode(payload.data().duplicate()).toString();
        }
    }

    final List<Held> held = new ArrayList<>();
    private final Executor executor;

    /** What is thrown at whoever has something to give. */
    RuntimeException failure;

    public HeldMetrics(Executor executor) {
        this.executor = executor;
    }

    @Override
    public boolean isEmpty() {
        return false;
    }

    @Override
    public Executor executor() {
        return executor;
    }

    @Override
    public void receive(Sender sender, ClientTelemetryPayload payload, int pushIntervalMs) {
        if (failure != null) {
            throw failure;
        }
        ByteBuffer data = payload.data();
        if (!data.hasArray()) {
            throw new IllegalArgumentException("bytes that a receiver can't keep");
        }
        held.add(new Held(sender, payload, pushIntervalMs));
    }
}
