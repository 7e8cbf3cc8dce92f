package dev.millrace.server.run;

import java.io.PrintWriter;

/**
 * Where a run speaks: lines that stay, and one line of progress that is rewritten where the terminal can and printed now and
 * then where it can't. Not thread-safe.
 */
final class Console {

    private static final long PLAIN_INTERVAL_MS = 5_000;

    private final PrintWriter out;
    private final boolean rewrites;
    private boolean progressShown;
    private long lastPlainMs = Long.MIN_VALUE / 2;
    private String lastPlain = "";

    Console(PrintWriter out, boolean rewrites) {
        this.out = out;
        this.rewrites = rewrites;
    }

    void line(String text) {
        clearProgress();
        out.println(text);
        out.flush();
    }

    void progress(String text, long nowMs) {
        if (rewrites) {
            out.print("\r\033[2K" + text);
            out.flush();
            progressShown = true;
        } else if (nowMs - lastPlainMs >= PLAIN_INTERVAL_MS && !text.equals(lastPlain)) {
            out.println(text);
            out.flush();
            lastPlainMs = nowMs;
            lastPlain = text;
        }
    }

    private void clearProgress() {
        if (progressShown) {
            out.print("\r\033[2K");
            progressShown = false;
        }
    }
}
