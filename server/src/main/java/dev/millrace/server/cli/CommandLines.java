package dev.millrace.server.cli;

import dev.millrace.server.logging.Logs;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ParseResult;

/** The command line, ready to execute. */
public final class CommandLines {

    private CommandLines() {}

    /** Plugins and jobs are strangers' code: a class that they lack, say, is an Error, which picocli would let pass. */
    private static int runLast(ParseResult parsed) {
        try {
            return new CommandLine.RunLast().execute(parsed);
        } catch (Error e) {
            throw new ExecutionException(parsed.commandSpec().commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** {@code millrace} with its commands; errors become one line and an exit status. */
    public static CommandLine millrace() {
        Logs.toStandardError();
        var errors = new ErrorLine();
        return new CommandLine(new MillraceCommand())
                .setExecutionStrategy(CommandLines::runLast)
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors);
    }
}
