package dev.millrace.server.logging;

import dev.millrace.server.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Log lines: one a record, to standard error or to a file. Levels are INFO for this program and WARNING for libraries;
 * a file named by {@code -Djava.util.logging.config.file} goes before all of it.
 */
public final class Logs {

    private static final String FORMAT_KEY = "java.util.logging.SimpleFormatter.format";
    private static final String FORMAT = "%1$tF %1$tT.%1$tL %4$-7s %3$s: %5$s%6$s%n";
    private static final int FILE_BYTES_MAX = 16 << 20;

    /** A level that was set must not be forgotten with its logger. */
    private static final Logger OURS = Logger.getLogger("dev.millrace");

    private Logs() {}

    /** From now on to standard error. */
    public static void toStandardError() {
        if (isConfiguredElsewhere()) {
            return;
        }
        prepare();
        var handler = new ConsoleHandler();
        handler.setFormatter(new SimpleFormatter());
        replaceHandlers(handler);
    }

    /**
     * From now on to this file and, when it has grown large, to one more, {@code .1}.
     *
     * @throws UserError when it can't be written
     */
    public static void to(Path file) {
        if (isConfiguredElsewhere()) {
            return;
        }
        prepare();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            replaceHandlers(new LogFile(file, FILE_BYTES_MAX));
        } catch (IOException e) {
            throw new UserError("the log file " + file + " can't be written: " + e.getMessage(), e);
        }
    }

    private static boolean isConfiguredElsewhere() {
        return System.getProperty("java.util.logging.config.file") != null;
    }

    private static void prepare() {
        if (System.getProperty(FORMAT_KEY) == null) {
            System.setProperty(FORMAT_KEY, FORMAT);
        }
        Logger.getLogger("").setLevel(Level.WARNING);
        OURS.setLevel(Level.INFO);
    }

    private static void replaceHandlers(Handler handler) {
        Logger root = Logger.getLogger("");
        for (Handler old : root.getHandlers()) {
            root.removeHandler(old);
            old.close();
        }
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
    }
}
