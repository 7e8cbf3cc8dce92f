package dev.millrace.server.cli;

import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;

/** Something that {@code millrace} does. Stateless: one object serves any number of calls. */
interface Command {

    String name();

    /** What follows the options, as help shows it; empty when nothing may. */
    String arguments();

    /** One sentence. */
    String description();

    /** A new set: a parser leaves its marks in it. */
    Options options();

    /**
     * @return the exit status
     * @throws UsageException when the arguments make no sense
     * @throws Exception what else may end a command; its message is shown
     */
    int execute(Invocation invocation) throws Exception;

    /** An option with a value, such as {@code --set VARIABLE=VALUE}. */
    static Option valued(String name, String value, String description) {
        return Option.builder()
                .longOpt(name)
                .hasArg()
                .argName(value)
                .desc(description)
                .get();
    }
}
