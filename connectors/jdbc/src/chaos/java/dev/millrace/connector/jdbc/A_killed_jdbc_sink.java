package dev.millrace.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plain inserts without a key: nothing but the sink's own offsets keeps a row from being lost or doubled. */
class A_killed_jdbc_sink {

    @TempDir
    Path folder;

    @Test
    void has_every_acknowledged_row_once() throws Exception {
        killAndCheck(2, 7);
    }

    @Test
    @Tag("chaos")
    void has_every_acknowledged_row_once_through_many_kills() throws Exception {
        killAndCheck(40, 99);
    }

    private void killAndCheck(int kills, long seed) throws Exception {
        Random random = new Random(seed);
        String url = "jdbc:h2:" + folder.resolve("rows");
        long acknowledged = -1;
        for (int kill = 0; kill < kills; kill++) {
            acknowledged = Math.max(acknowledged, writeAndKill(url, 1 + random.nextInt(20), 1 + random.nextInt(60)));
            try (Handle handle = Jdbi.open(url)) {
                Object[] counts = handle.createQuery("SELECT COUNT(*), COUNT(DISTINCT id), MAX(id) FROM rows")
                        .map((row, context) -> new Object[] {row.getLong(1), row.getLong(2), row.getLong(3)})
                        .one();
                long last = (long) counts[2];
                assertThat(last).as("kill %d of seed %d", kill, seed).isGreaterThanOrEqualTo(acknowledged);
                assertThat(counts).as("kill %d of seed %d", kill, seed).containsExactly(last + 1, last + 1, last);
            }
        }
    }

    /** @return the last offset that was acknowledged */
    private static long writeAndKill(String url, int batch, int batchesBeforeKill)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        url,
                        String.valueOf(batch))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        long acknowledged = -1;
        try (BufferedReader output = process.inputReader()) {
            for (int i = 0; i < batchesBeforeKill; i++) {
                String line = output.readLine();
                assertThat(line).as("the writer ended by itself").isNotNull();
                acknowledged = Long.parseLong(line);
            }
            // Not through the process: that would close its output, and what it had printed before it died counts too.
            process.toHandle().destroyForcibly();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                // A line that was cut off shows a smaller number: no harm.
                acknowledged = line.isEmpty() ? acknowledged : Math.max(acknowledged, Long.parseLong(line));
            }
        }
        process.waitFor();
        return acknowledged;
    }
}
