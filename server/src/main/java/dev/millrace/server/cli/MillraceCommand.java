package dev.millrace.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace}: what there is to call. */
@Command(
        name = "millrace",
        mixinStandardHelpOptions = true,
        version = "millrace 0.1.0",
        description =
                "Data pipelines on a log: a Kafka-compatible broker, a Connect runtime and streams in one program.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ServerCommand.class, RunCommand.class, WarmUpCommand.class, HelpCommand.class})
public final class MillraceCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "no command given");
    }
}
