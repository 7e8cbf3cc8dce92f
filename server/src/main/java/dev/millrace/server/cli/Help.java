package dev.millrace.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.help.TextHelpAppendable;

/** What is printed for {@code --help}. */
final class Help {

    private static final int COLUMNS = 92;
    private static final int INDENT = 6;

    private final PrintWriter out;

    Help(PrintWriter out) {
        this.out = out;
    }

    /** These options, and those that every command has. */
    static Options withHelp(Options options) {
        return options.addOption(Option.builder("h")
                        .longOpt("help")
                        .desc("Show this help and end.")
                        .get())
                .addOption(Option.builder("V")
                        .longOpt("version")
                        .desc("Show the version and end.")
                        .get());
    }

    void printOverview(List<Command> commands) {
        out.println("Usage: millrace COMMAND [OPTION]... [ARGUMENT]");
        print(0, "Data pipelines on a log: a Kafka-compatible broker, a Connect runtime and streams in one program.");
        for (Command command : commands) {
            printItem(command.name() + " " + command.arguments(), command.description());
        }
        printItem("help [COMMAND]", "Shows what a command takes; so does millrace COMMAND --help.");
        printOptions(withHelp(new Options()));
    }

    void print(Command command) {
        out.println("Usage: millrace " + command.name() + " [OPTION]... " + command.arguments());
        print(0, command.description());
        printOptions(withHelp(command.options()));
    }

    private void printOptions(Options options) {
        for (Option option : options.getOptions()) {
            printItem(
                    (option.getOpt() == null ? "" : "-" + option.getOpt() + ", ")
                            + "--" + option.getLongOpt()
                            + (option.hasArg() ? " " + option.getArgName() : ""),
                    option.getDescription());
        }
    }

    private void printItem(String item, String description) {
        out.println();
        out.println("  " + item);
        print(INDENT, description);
    }

    private void print(int indent, String text) {
        var wrapping = new TextHelpAppendable(out);
        wrapping.setMaxWidth(COLUMNS);
        wrapping.setLeftPad(indent);
        wrapping.setIndent(0);
        try {
            wrapping.printWrapped(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
