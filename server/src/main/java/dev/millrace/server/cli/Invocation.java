package dev.millrace.server.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.cli.CommandLine;

/** What a command was called with, and where it prints. */
final class Invocation {

    private final CommandLine line;
    private final PrintWriter out;
    private final PrintWriter err;

    Invocation(CommandLine line, PrintWriter out, PrintWriter err) {
        this.line = line;
        this.out = out;
        this.err = err;
    }

    PrintWriter out() {
        return out;
    }

    PrintWriter err() {
        return err;
    }

    boolean has(String option) {
        return line.hasOption(option);
    }

    /** The value of an option that may be given once. */
    Optional<String> value(String option) throws UsageException {
        List<String> values = values(option);
        if (values.size() > 1) {
            throw new UsageException(
                    "--" + option + " is given " + values.size() + " times: " + String.join(", ", values));
        }
        return values.stream().findFirst();
    }

    /** The values of an option that may be given several times, as they were given. */
    List<String> values(String option) {
        String[] values = line.getOptionValues(option);
        return values == null ? List.of() : List.of(values);
    }

    /** The values of an option that takes {@code NAME=VALUE} each. */
    Map<String, String> assignments(String option) throws UsageException {
        Map<String, String> assigned = new LinkedHashMap<>();
        for (String value : values(option)) {
            int equals = value.indexOf('=');
            if (equals <= 0) {
                throw new UsageException("--" + option + " " + value + ": expected NAME=VALUE");
            }
            assigned.put(value.substring(0, equals), value.substring(equals + 1));
        }
        return assigned;
    }

    /** What stands beside the options: one argument or none. */
    Optional<String> argument() throws UsageException {
        List<String> arguments = line.getArgList();
        if (arguments.size() > 1) {
            throw new UsageException("one argument too many: " + arguments.get(1));
        }
        return arguments.stream().findFirst();
    }
}
