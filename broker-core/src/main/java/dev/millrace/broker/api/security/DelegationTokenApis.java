package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.machine.Ticket;
import java.util.List;
import java.util.function.Function;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;

/**
 * Delegation tokens (keys 38 to 41): a listener that authenticates nobody gives none, for whoever asks would get the token of
 * everybody.
 */
final class DelegationTokenApis implements ApiHandler<AbstractRequest, ApiMessage> {

    private static final short ERROR = Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED.code();

    private static final short REQUESTER_VERSION_MIN = 3;

    private final ApiKeys key;
    private final Function<ApiRequest<?>, ApiMessage> answer;

    private DelegationTokenApis(ApiKeys key, Function<ApiRequest<?>, ApiMessage> answer) {
        this.key = key;
        this.answer = answer;
    }

    static List<ApiHandler<?, ?>> handlers() {
        return List.of(
                new DelegationTokenApis(ApiKeys.CREATE_DELEGATION_TOKEN, DelegationTokenApis::refusedToCreate),
                new DelegationTokenApis(
                        ApiKeys.RENEW_DELEGATION_TOKEN, request -> new RenewDelegationTokenResponseData()
                                .setErrorCode(ERROR)
                                .setExpiryTimestampMs(-1)),
                new DelegationTokenApis(
                        ApiKeys.EXPIRE_DELEGATION_TOKEN, request -> new ExpireDelegationTokenResponseData()
                                .setErrorCode(ERROR)
                                .setExpiryTimestampMs(-1)),
                new DelegationTokenApis(
                        ApiKeys.DESCRIBE_DELEGATION_TOKEN,
                        request -> new DescribeDelegationTokenResponseData().setErrorCode(ERROR)));
    }

    private static ApiMessage refusedToCreate(ApiRequest<?> request) {
        ApiRequest.Peer peer = request.peer();
        int colon = peer.principal().indexOf(':');
        String type = peer.principal().substring(0, colon);
        String name = peer.principal().substring(colon + 1);
        CreateDelegationTokenResponseData answer = new CreateDelegationTokenResponseData()
                .setErrorCode(ERROR)
                .setPrincipalType(type)
                .setPrincipalName(name)
                .setIssueTimestampMs(-1)
                .setExpiryTimestampMs(-1)
                .setMaxTimestampMs(-1);
        if (request.version() >= REQUESTER_VERSION_MIN) {
            answer.setTokenRequesterPrincipalType(type).setTokenRequesterPrincipalName(name);
        }
        return answer;
    }

    @Override
    public ApiKeys key() {
        return key;
    }

    @Override
    public void handle(ApiRequest<AbstractRequest> request, Ticket<ApiMessage> ticket) {
        ticket.answer(answer.apply(request));
    }
}
