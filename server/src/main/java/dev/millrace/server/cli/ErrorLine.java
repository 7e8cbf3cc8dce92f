package dev.millrace.server.cli;

import dev.millrace.connect.pipeline.PipelineException;
import dev.millrace.server.UserError;
import java.io.PrintWriter;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.connect.errors.ConnectException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * How errors end a command: one line on standard error, and status 1 (2 for a command line that can't be understood). The
 * stack trace of what is not the user's mistake goes to the log.
 */
public final class ErrorLine implements IExecutionExceptionHandler, IParameterExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorLine.class);

    @Override
    public int handleExecutionException(Exception exception, CommandLine command, ParseResult parsed) {
        Throwable cause = exception.getCause();
        print(command.getErr(), exception instanceof ExecutionException && cause != null ? cause : exception);
        return command.getCommandSpec().exitCodeOnExecutionException();
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        CommandLine command = exception.getCommandLine();
        command.getErr().println("millrace: " + exception.getMessage());
        UnmatchedArgumentException.printSuggestions(exception, command.getErr());
        command.getErr().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        command.getErr().flush();
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

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
