package dev.millrace.broker.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.broker.log.batch.AppendOrigin;
import dev.millrace.broker.log.batch.BatchBuilder;
import dev.millrace.broker.log.config.LogConfig;
import dev.millrace.broker.log.file.FileDisk;
import dev.millrace.broker.log.file.FileSlice;
import dev.millrace.broker.log.segment.LogSlice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class A_log_on_a_real_disk {
    private static final long NOW = 1_700_000_000_000L;

    @TempDir
    Path directory;

    private PartitionLog log;

    @BeforeEach
    void open() throws IOException {
        log = PartitionLog.open(new FileDisk(directory), "topic-0", LogConfig.DEFAULT, NOW);
    }

    private AppendResult append(ByteBuffer batch) throws IOException {
        return log.append(batch, AppendOrigin.CLIENT, 0, NOW);
    }

    @Test
    void gives_back_what_was_appended() throws IOException {
        append(Batches.of(NOW, "a", "b"));
        append(Batches.of(NOW, "c"));

        assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=b", "2=c");
        assertThat(LogReader.records(log, 1)).containsExactly("1=b", "2=c");
        log.close();
    }

    @Test
    void is_the_same_after_a_clean_restart() throws IOException {
        append(Batches.of(NOW, "a", "b"));
        log.close();
        open();
        append(Batches.of(NOW, "c"));

        assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=b", "2=c");
        log.close();
    }

    @Test
    void is_the_same_after_a_crash() throws IOException {
        append(Batches.of(NOW, "a", "b"));
        open();

        assertThat(log.logEndOffset()).isEqualTo(2);
        assertThat(LogReader.records(log, 0)).containsExactly("0=a", "1=b");
        log.close();
    }

    @Test
    void appends_what_the_broker_builds_itself() throws IOException {
        log.append(
                BatchBuilder.batch(List.of(new BatchBuilder.KeyValue(null, Batches.bytes("x"))), NOW),
                AppendOrigin.COORDINATOR,
                3,
                NOW);

        assertThat(LogReader.records(log, 0)).containsExactly("0=x");
        assertThat(log.latestEpoch()).hasValue(3);
        log.close();
    }

    @Test
    void sends_a_slice_from_file_to_channel() throws IOException {
        append(Batches.of(NOW, "a", "b"));
        Path target = directory.resolve("sent");
        try (LogSlice slice = log.read(0, 1000, 2, true);
                FileChannel channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            FileSlice file = FileSlice.of(slice).orElseThrow();

            assertThat(file.channel().size()).isEqualTo(slice.sizeInBytes());
            assertThat(slice.transferTo(channel, 0)).isEqualTo(slice.sizeInBytes());
        }
        assertThat(target).hasSize(log.sizeInBytes());
        log.close();
    }
}
