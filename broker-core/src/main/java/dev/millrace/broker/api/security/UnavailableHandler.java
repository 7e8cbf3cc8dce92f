package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * A key whose every request this broker answers with one error, because what it is about is switched off, as Apache Kafka
 * does it: a client that is told so goes on, one that loses its connection does not know why.
 */
final class UnavailableHandler implements ApiHandler<AbstractRequest, ApiMessage> {

    private final ApiKeys key;
    private final Errors error;
    private final String reason;

    private UnavailableHandler(ApiKeys key, Errors error, String reason) {
        this.key = key;
        this.error = error;
        this.reason = reason;
    }

    /** Authentication and access control on a broker without either. */
    static List<ApiHandler<?, ?>> ofSecurity() {
        String authentication = "The listener does not authenticate its clients.";
        String access = "No Authorizer is configured on the broker";
        return List.of(
                new UnavailableHandler(ApiKeys.SASL_HANDSHAKE, Errors.ILLEGAL_SASL_STATE, authentication),
                new UnavailableHandler(ApiKeys.SASL_AUTHENTICATE, Errors.ILLEGAL_SASL_STATE, authentication),
                new UnavailableHandler(ApiKeys.DESCRIBE_ACLS, Errors.SECURITY_DISABLED, access),
                new UnavailableHandler(ApiKeys.CREATE_ACLS, Errors.SECURITY_DISABLED, access),
                new UnavailableHandler(ApiKeys.DELETE_ACLS, Errors.SECURITY_DISABLED, access));
    }

    @Override
    public ApiKeys key() {
        return key;
    }

    @Override
    public void handle(ApiRequest<AbstractRequest> request, Ticket<ApiMessage> ticket) {
        ticket.fail(error.exception(reason));
    }
}
