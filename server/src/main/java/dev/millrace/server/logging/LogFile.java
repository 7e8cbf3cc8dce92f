package dev.millrace.server.logging;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.logging.ErrorManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;

/**
 * Appends to one file, which keeps its name; what was written before it grew large is kept beside it once, with {@code .1}.
 * A log that can't be written, as on a full disk, is no reason to stop or to print stack traces: it says so, once. Thread-safe.
 */
final class LogFile extends StreamHandler {

    private static final int LINE_BYTES_MAX = 64 << 10;

    private final Path file;
    private final long bytesMax;
    private long bytes;

    LogFile(Path file, long bytesMax) throws IOException {
        this.file = file;
        this.bytesMax = bytesMax;
        setFormatter(new SimpleFormatter());
        setErrorManager(new OneLine());
        open();
    }

    private void open() throws IOException {
        OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        bytes = Files.size(file);
        setOutputStream(new Counted(out));
    }

    @Override
    public synchronized void publish(LogRecord record) {
        super.publish(record);
        flush();
        if (bytes >= bytesMax) {
            roll();
        }
    }

    private void roll() {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            open();
        } catch (IOException e) {
            reportError(null, e, ErrorManager.OPEN_FAILURE);
        }
    }

    private final class Counted extends FilterOutputStream {

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] chunk, int offset, int length) throws IOException {
            out.write(chunk, offset, length);
            bytes += length;
        }
    }

    /** Then the run ends, and says why: one line is enough. */
    private boolean diskIsFull() {
        try {
            return Files.getFileStore(file).getUsableSpace() < LINE_BYTES_MAX;
        } catch (IOException e) {
            return false;
        }
    }

    /** Standard error is all that is left. */
    private final class OneLine extends ErrorManager {

        private boolean told;

        @Override
        public synchronized void error(String message, Exception e, int code) {
            if (!told && !diskIsFull()) {
                told = true;
                System.err.println("millrace: the log file " + file + " can't be written: "
                        + (e == null ? message : e.getMessage()));
            }
        }
    }
}
