package dev.millrace.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class A_log_file {

    @TempDir
    Path folder;

    private void log(LogFile log, String... lines) {
        for (String line : lines) {
            log.publish(new LogRecord(Level.INFO, line));
        }
    }

    @Test
    void keeps_its_name_and_what_it_held_when_it_is_opened_again() throws IOException {
        Path file = folder.resolve("millrace.log");
        for (String line : new String[] {"first", "second"}) {
            LogFile log = new LogFile(file, Long.MAX_VALUE);
            log(log, line);
            log.close();
        }
        assertThat(file).content().contains("first", "second");
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(Files.list(folder)).hasSize(1);
    }

    @Test
    void that_has_grown_large_is_kept_once_beside_a_new_one() throws IOException {
        Path file = folder.resolve("millrace.log");
        LogFile log = new LogFile(file, 1);
        log(log, "first", "second");
        log.close();
        assertThat(file).isEmptyFile();
        assertThat(folder.resolve("millrace.log.1"))
                .content()
                .contains("second")
                .doesNotContain("first");
    }
}
