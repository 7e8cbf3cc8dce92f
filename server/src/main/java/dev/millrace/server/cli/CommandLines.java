package dev.millrace.server.cli;

import dev.millrace.server.logging.Logs;
import picocli.CommandLine;

/** The command line, ready to execute. */
public final class CommandLines {

    private CommandLines() {}

    /** {@code millrace} with its commands; errors become one line and an exit status. */
    public static CommandLine millrace() {
        Logs.toStandardError();
        var errors = new ErrorLine();
        return new CommandLine(new MillraceCommand())
                .setExecutionExceptionHandler(errors)
                .setParameterExceptionHandler(errors);
    }
}
