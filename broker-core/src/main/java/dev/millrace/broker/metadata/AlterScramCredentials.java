package dev.millrace.broker.metadata;

import dev.millrace.broker.machine.Decision;
import dev.millrace.broker.machine.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.jspecify.annotations.Nullable;

/** Sets and removes what users prove themselves by (AlterUserScramCredentials, key 51). Each change is checked already. */
public record AlterScramCredentials(List<Change> changes, Ticket<List<Outcome>> ticket) implements MetadataCommand {

    /**
     * One mechanism of one user.
     *
     * @param credential in Kafka's text form; null to remove it
     */
    public record Change(
            String user, String mechanism, @Nullable String credential) {}

    /** @param error why it was refused; null when it was not */
    public record Outcome(String user, @Nullable ApiException error) {}

    Decision<MetadataEvent> decide(ClusterImage image) {
        Decision.Builder<MetadataEvent> decision = Decision.builder();
        List<Outcome> outcomes = new ArrayList<>();
        for (Change change : changes) {
            boolean there = image.clients()
                    .credentials()
                    .getOrDefault(change.user(), Map.of())
                    .containsKey(change.mechanism());
            if (change.credential() == null && !there) {
                outcomes.add(new Outcome(
                        change.user(),
                        new ResourceNotFoundException(
                                "User " + change.user() + " has no credential of " + change.mechanism() + ".")));
            } else {
                decision.event(new MetadataEvent.UserScramCredentialChanged(
                        change.user(), change.mechanism(), change.credential()));
                outcomes.add(new Outcome(change.user(), null));
            }
        }
        return decision.answer(ticket, List.copyOf(outcomes)).build();
    }

    @Override
    public void fail(ApiException error) {
        ticket.fail(error);
    }
}
