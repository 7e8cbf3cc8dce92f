package dev.millrace.server;

import dev.millrace.server.cli.Millrace;

/** {@code millrace}. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Millrace.ofProcess().execute(arguments));
    }
}
