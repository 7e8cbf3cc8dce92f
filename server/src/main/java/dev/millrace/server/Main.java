package dev.millrace.server;

import dev.millrace.server.cli.CommandLines;

/** {@code millrace}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(CommandLines.millrace().execute(arguments));
    }
}
