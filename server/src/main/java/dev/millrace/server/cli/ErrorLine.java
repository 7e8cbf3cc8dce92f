package dev.millrace.server.cli;

import dev.millrace.connect.pipeline.PipelineException;
import dev.millrace.server.UserError;
import java.io.PrintWriter;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How errors end a command: one line on standard error. The stack trace of what is not the user's mistake goes to the log.
 */
final class ErrorLine {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorLine.class);

    private ErrorLine() {}

    /** Prints the line for this exception. */
    static void print(PrintWriter err, Throwable exception) {
        if (!isUsersToMend(exception)) {
            LOG.error("Unexpected", exception);
        }
        err.println("millrace: " + oneLine(exception));
        err.flush();
    }

    private static boolean isUsersToMend(Throwable exception) {
        return exception instanceof UserError
                || exception instanceof PipelineException
                || exception instanceof ConnectException
                || exception instanceof KafkaException;
    }

    private static String oneLine(Throwable exception) {
        String message = exception.getMessage();
        String line = message == null || message.isBlank()
                ? exception.getClass().getSimpleName()
                : message.replaceAll("\\s*\\R\\s*", " ").strip();
        return isUsersToMend(exception)
                ? line
                : "unexpected " + exception.getClass().getSimpleName() + ": " + line;
    }
}
