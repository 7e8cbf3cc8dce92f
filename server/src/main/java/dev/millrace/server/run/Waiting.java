package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RetriableException;

/** Waits for what a cluster was asked, and says in one line what it refused. */
final class Waiting {

    private Waiting() {}

    /**
     * @throws RetriableException when the cluster can't say now: it is away, or does not answer in time
     * @throws UserError when it refuses
     */
    static <T> T on(String what, KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof RetriableException passing) {
                throw passing;
            }
            throw new UserError("could not " + what + ": " + cause.getMessage(), cause);
        }
    }
}
