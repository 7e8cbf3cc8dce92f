package dev.millrace.server.run;

import dev.millrace.server.UserError;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaFuture;

/** Waits for what a cluster was asked, and says in one line what it refused. */
final class Waiting {

    private Waiting() {}

    static <T> T on(String what, KafkaFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UserError("could not " + what + ": " + cause.getMessage(), cause);
        }
    }
}
