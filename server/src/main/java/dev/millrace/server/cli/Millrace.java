package dev.millrace.server.cli;

import dev.millrace.connect.plugin.NearestName;
import dev.millrace.server.logging.Logs;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.commons.cli.AlreadySelectedException;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;

/** The command line: finds the command and reads its options; errors become one line and an exit status. */
public final class Millrace {

    private static final String VERSION = "millrace 0.1.0";
    private static final String WARM_UP = "warm-up";

    private final List<Command> commands = List.of(new ServerCommand(), new RunCommand());
    private final PrintWriter out;
    private final PrintWriter err;

    Millrace(PrintWriter out, PrintWriter err) {
        this.out = out;
        this.err = err;
    }

    /** One that prints to standard output and standard error. */
    public static Millrace ofProcess() {
        return new Millrace(
                new PrintWriter(System.out, true, Charset.defaultCharset()),
                new PrintWriter(System.err, true, Charset.defaultCharset()));
    }

    /**
     * Runs the command to its end. What plugins and jobs lack is an Error, which is told of like any exception.
     *
     * @return the exit status: 0, 1 for a command that failed, 2 for arguments that can't be understood
     */
    public int execute(String... arguments) {
        Logs.toStandardError();
        try {
            return dispatch(arguments);
        } catch (Exception | Error e) {
            ErrorLine.print(err, e);
            return 1;
        } finally {
            out.flush();
        }
    }

    private int dispatch(String... arguments) throws Exception {
        String first = arguments.length == 0 ? "" : arguments[0];
        String[] rest = Arrays.copyOfRange(arguments, Math.min(1, arguments.length), arguments.length);
        String asked = "millrace";
        try {
            return switch (first) {
                case "" -> throw new UsageException("no command given");
                case "-h", "--help" -> {
                    new Help(out).printOverview(commands);
                    yield 0;
                }
                case "-V", "--version" -> {
                    out.println(VERSION);
                    yield 0;
                }
                case "help" -> {
                    help(rest);
                    yield 0;
                }
                case WARM_UP -> execute(new WarmUpCommand(), rest);
                default -> {
                    Command command = command(first);
                    asked = "millrace " + first;
                    yield execute(command, rest);
                }
            };
        } catch (UsageException e) {
            err.println("millrace: " + e.getMessage());
            err.println("Try '" + asked + " --help'.");
            err.flush();
            return 2;
        }
    }

    private int execute(Command command, String... arguments) throws Exception {
        CommandLine line = parse(command, arguments);
        if (line.hasOption("help")) {
            new Help(out).print(command);
            return 0;
        }
        if (line.hasOption("version")) {
            out.println(VERSION);
            return 0;
        }
        return command.execute(new Invocation(line, out, err));
    }

    private void help(String... names) throws UsageException {
        if (names.length == 0) {
            new Help(out).printOverview(commands);
        } else {
            new Help(out).print(command(names[0]));
        }
    }

    private Command command(String name) throws UsageException {
        for (Command command : commands) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        List<String> names = commands.stream().map(Command::name).toList();
        throw new UsageException((name.startsWith("-") ? "no option " : "no command ") + name + meant("", name, names));
    }

    private static CommandLine parse(Command command, String... arguments) throws UsageException {
        Options options = Help.withHelp(command.options());
        try {
            return DefaultParser.builder()
                    .setAllowPartialMatching(false)
                    .setStripLeadingAndTrailingQuotes(false)
                    .get()
                    .parse(options, arguments);
        } catch (UnrecognizedOptionException e) {
            String option = e.getOption().split("=", 2)[0];
            List<String> names =
                    options.getOptions().stream().map(Option::getLongOpt).toList();
            throw new UsageException("no option " + option + meant("--", option.replaceFirst("^-+", ""), names));
        } catch (MissingArgumentException e) {
            throw new UsageException("--" + e.getOption().getLongOpt() + " lacks its "
                    + e.getOption().getArgName());
        } catch (AlreadySelectedException e) {
            throw new UsageException("--" + e.getOption().getLongOpt() + " and --"
                    + e.getOptionGroup().getSelected() + " exclude each other");
        } catch (ParseException e) {
            throw new UsageException(String.valueOf(e.getMessage()));
        }
    }

    private static String meant(String prefix, String name, Collection<String> known) {
        return NearestName.of(name, known)
                .map(nearest -> "; did you mean " + prefix + nearest + "?")
                .orElse("");
    }
}
