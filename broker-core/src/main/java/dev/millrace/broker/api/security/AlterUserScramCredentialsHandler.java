package dev.millrace.broker.api.security;

import dev.millrace.broker.api.ApiHandler;
import dev.millrace.broker.api.ApiRequest;
import dev.millrace.broker.api.MappedTicket;
import dev.millrace.broker.api.NodeView;
import dev.millrace.broker.machine.Ticket;
import dev.millrace.broker.metadata.AlterScramCredentials;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.DuplicateResourceException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData;
import org.apache.kafka.common.message.AlterUserScramCredentialsResponseData.AlterUserScramCredentialsResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterUserScramCredentialsRequest;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.common.security.scram.internals.ScramCredentialUtils;
import org.apache.kafka.common.security.scram.internals.ScramFormatter;

/**
 * AlterUserScramCredentials (key 51). Of the salted password only what proves it is kept: nobody can log in with what the
 * metadata holds (RFC 5802).
 */
final class AlterUserScramCredentialsHandler
        implements ApiHandler<AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponseData> {

    private static final int ITERATIONS_MAX = 16_384;

    private final NodeView node;

    AlterUserScramCredentialsHandler(NodeView node) {
        this.node = node;
    }

    @Override
    public ApiKeys key() {
        return ApiKeys.ALTER_USER_SCRAM_CREDENTIALS;
    }

    @Override
    public void handle(
            ApiRequest<AlterUserScramCredentialsRequest> request,
            Ticket<AlterUserScramCredentialsResponseData> ticket) {
        AlterUserScramCredentialsRequestData wanted = request.body().data();
        Map<String, Integer> counts = new HashMap<>();
        wanted.deletions().forEach(deletion -> counts.merge(deletion.name(), 1, Integer::sum));
        wanted.upsertions().forEach(upsertion -> counts.merge(upsertion.name(), 1, Integer::sum));
        Map<String, ApiException> refused = new LinkedHashMap<>();
        List<AlterScramCredentials.Change> changes = new ArrayList<>();
        counts.forEach((user, count) -> {
            if (count > 1) {
                refused.put(user, new DuplicateResourceException("User " + user + " is named more than once."));
            }
        });
        for (ScramCredentialDeletion deletion : wanted.deletions()) {
            change(deletion.name(), refused, changes, () -> {
                ScramMechanism mechanism = mechanism(deletion.name(), deletion.mechanism());
                return new AlterScramCredentials.Change(deletion.name(), mechanism.mechanismName(), null);
            });
        }
        for (ScramCredentialUpsertion upsertion : wanted.upsertions()) {
            change(upsertion.name(), refused, changes, () -> upsert(upsertion));
        }
        node.metadata()
                .submit(new AlterScramCredentials(
                        changes, new MappedTicket<>(ticket, outcomes -> response(refused, outcomes))));
    }

    private static void change(
            String user,
            Map<String, ApiException> refused,
            List<AlterScramCredentials.Change> changes,
            Supplier<AlterScramCredentials.Change> change) {
        if (refused.containsKey(user)) {
            return;
        }
        try {
            changes.add(change.get());
        } catch (ApiException e) {
            refused.put(user, e);
        }
    }

    private static ScramMechanism mechanism(String user, byte id) {
        if (user.isEmpty()) {
            throw new UnacceptableCredentialException("The user's name is empty.");
        }
        ScramMechanism mechanism = ScramMechanism.fromType(id);
        if (mechanism == ScramMechanism.UNKNOWN) {
            throw new UnsupportedSaslMechanismException("Unknown SCRAM mechanism " + id + ".");
        }
        return mechanism;
    }

    private static AlterScramCredentials.Change upsert(ScramCredentialUpsertion upsertion) {
        ScramMechanism mechanism = mechanism(upsertion.name(), upsertion.mechanism());
        org.apache.kafka.common.security.scram.internals.ScramMechanism known =
                org.apache.kafka.common.security.scram.internals.ScramMechanism.forMechanismName(
                        mechanism.mechanismName());
        if (upsertion.iterations() < known.minIterations() || upsertion.iterations() > ITERATIONS_MAX) {
            throw new UnacceptableCredentialException("iterations=" + upsertion.iterations() + ": expected from "
                    + known.minIterations() + " to " + ITERATIONS_MAX);
        }
        try {
            ScramFormatter formatter = new ScramFormatter(known);
            ScramCredential credential = new ScramCredential(
                    upsertion.salt(),
                    formatter.storedKey(formatter.clientKey(upsertion.saltedPassword())),
                    formatter.serverKey(upsertion.saltedPassword()),
                    upsertion.iterations());
            return new AlterScramCredentials.Change(
                    upsertion.name(), mechanism.mechanismName(), ScramCredentialUtils.credentialToString(credential));
        } catch (GeneralSecurityException e) {
            throw new UnacceptableCredentialException("The salted password can't be used: " + e.getMessage());
        }
    }

    private static AlterUserScramCredentialsResponseData response(
            Map<String, ApiException> refused, List<AlterScramCredentials.Outcome> outcomes) {
        AlterUserScramCredentialsResponseData response = new AlterUserScramCredentialsResponseData();
        refused.forEach((user, error) -> response.results()
                .add(result(user)
                        .setErrorCode(Errors.forException(error).code())
                        .setErrorMessage(error.getMessage())));
        for (AlterScramCredentials.Outcome outcome : outcomes) {
            AlterUserScramCredentialsResult result = result(outcome.user());
            if (outcome.error() != null) {
                result.setErrorCode(Errors.forException(outcome.error()).code())
                        .setErrorMessage(outcome.error().getMessage());
            }
            response.results().add(result);
        }
        return response;
    }

    private static AlterUserScramCredentialsResult result(String user) {
        return new AlterUserScramCredentialsResult().setUser(user).setErrorMessage(null);
    }
}
