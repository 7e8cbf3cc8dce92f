package dev.millrace.broker;

import dev.millrace.broker.api.telemetry.TelemetryReceivers.Sender;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/** What a plugin is told of the request that has brought a client's metrics. Immutable; any thread. */
record PushContext(Sender sender, SecurityProtocol securityProtocol) implements AuthorizableRequestContext {

    @Override
    public String listenerName() {
        return sender.peer().listener();
    }

    @Override
    public KafkaPrincipal principal() {
        String principal = sender.peer().principal();
        int colon = principal.indexOf(':');
        return new KafkaPrincipal(principal.substring(0, colon), principal.substring(colon + 1));
    }

    @Override
    public InetAddress clientAddress() {
        try {
            return InetAddress.getByName(sender.peer().address());
        } catch (UnknownHostException e) {
            // It is a number: nobody is asked what it stands for.
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int requestType() {
        return sender.requestType();
    }

    @Override
    public int requestVersion() {
        return sender.requestVersion();
    }

    @Override
    public String clientId() {
        return sender.clientId();
    }

    @Override
    public int correlationId() {
        return sender.correlationId();
    }
}
