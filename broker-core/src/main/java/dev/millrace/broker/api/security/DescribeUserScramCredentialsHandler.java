package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.CredentialInfo;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeUserScramCredentialsRequest;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;

/** DescribeUserScramCredentials (key 50): by which mechanisms users prove themselves, and in how many rounds. */
final class DescribeUserScramCredentialsHandler
        implements ApiHandler<DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponseData> {

    private final NodeView node;

    DescribeUserScramCredentialsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.DESCRIBE_USER_SCRAM_CREDENTIALS;
    }

    @Override
    public void handle(
            ApiRequest<DescribeUserScramCredentialsRequest> request,
            Ticket<DescribeUserScramCredentialsResponseData> ticket) {
        DescribeUserScramCredentialsRequestData wanted = request.body().data();
        Map<String, Map<String, String>> known = node.image().clients().credentials();
        Map<String, Integer> counts = new HashMap<>();
        Set<String> users = new TreeSet<>();
        if (wanted.users() == null || wanted.users().isEmpty()) {
            users.addAll(known.keySet());
        } else {
            wanted.users().forEach(user -> counts.merge(user.name(), 1, Integer::sum));
            users.addAll(counts.keySet());
        }
        DescribeUserScramCredentialsResponseData response =
                new DescribeUserScramCredentialsResponseData().setErrorMessage("");
        for (String user : users) {
            DescribeUserScramCredentialsResult result =
                    new DescribeUserScramCredentialsResult().setUser(user).setErrorMessage("");
            Map<String, String> credentials = known.get(user);
            if (counts.getOrDefault(user, 1) > 1) {
                result.setErrorCode(Errors.DUPLICATE_RESOURCE.code())
                        .setErrorMessage("User " + user + " is named more than once.");
            } else if (credentials == null) {
                result.setErrorCode(Errors.RESOURCE_NOT_FOUND.code())
                        .setErrorMessage("User " + user + " has no SCRAM credentials.");
            } else {
                credentials.forEach((mechanism, text) -> result.credentialInfos()
                        .add(new CredentialInfo()
                                .setMechanism(ScramMechanism.fromMechanismName(mechanism)
                                        .type())
                                .setIterations(ScramCredentialUtils.credentialFromString(text)
                                        .iterations())));
            }
            response.results().add(result);
        }
        ticket.answer(response);
    }
}
